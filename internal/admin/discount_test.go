package admin_test

import (
	"html"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/store/storetest"
)

var (
	formPart = regexp.MustCompile(`(?s)<input ([^>]*)>|<select ([^>]*)>(.*?)</select>|<textarea ([^>]*)>(.*?)</textarea>`)
	formAttr = regexp.MustCompile(`([a-z-]+)(?:="([^"]*)")?`)
	chosen   = regexp.MustCompile(`<option value="([^"]*)" selected`)
	first    = regexp.MustCompile(`<option value="([^"]*)"`)
)

// typedIn is what a browser would send of the page's form of discounts.
func typedIn(r reply) url.Values {
	out := url.Values{}
	attrs := func(s string) map[string]string {
		m := map[string]string{}
		for _, a := range formAttr.FindAllStringSubmatch(s, -1) {
			m[a[1]] = html.UnescapeString(a[2])
		}
		return m
	}
	body := r.Body[strings.Index(r.Body, `id="discount"`):]
	for _, m := range formPart.FindAllStringSubmatch(body[:strings.Index(body, "</form>")], -1) {
		a := attrs(m[1] + m[2] + m[4])
		_, ticked := a["checked"]
		switch {
		case m[4] != "":
			out.Add(a["name"], html.UnescapeString(m[5]))
		case m[2] != "":
			value := chosen.FindStringSubmatch(m[3])
			if value == nil {
				value = first.FindStringSubmatch(m[3])
			}
			out.Add(a["name"], html.UnescapeString(value[1]))
		case ticked || a["type"] != "checkbox" && a["type"] != "radio":
			out.Add(a["name"], a["value"])
		}
	}
	return out
}

// discountDocs are campaigns with everything that the form covers.
func discountDocs(d *desk) map[string]app.CampaignInput {
	ends, noon := time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC), time.Date(2026, 12, 1, 4, 30, 0, 0, time.UTC)
	two := int64(2)
	docs := map[string]app.CampaignInput{
		"percent": {Value: &coupon.Value{Type: coupon.ValuePercent, BasisPoints: 1250, Max: sgd(2000), AppliesTo: coupon.AppliesTo{Collections: []string{"shoes", "hats, and more"}, Products: []string{"p1"}, SkipDiscounted: true}},
			Conditions: &coupon.Conditions{MinSubtotal: sgd(5000), MinQuantity: 2, CustomerGroups: []string{"VIP"}, Customers: []coupon.CustomerID{d.mei.ID}, FirstOrder: true, Channels: []string{"web", "app"}, Locations: []coupon.LocationID{d.main.ID}, Expert: "order.quantity > 1"},
			Limits:     &coupon.Limits{Total: 100, PerCustomer: 1, PerDay: 10, Budget: sgd(500000), Allocation: 50}, Validity: &coupon.Validity{StartsAt: &noon, ExpiresAt: &ends},
			Stacking: &coupon.Stacking{Class: coupon.ClassOrder, CombinesWith: []coupon.Class{coupon.ClassItem}, Priority: -3, Basis: coupon.BasisOriginal}, Code: &coupon.CodePolicy{Prefix: "SHOE", Length: 14, Check: true}, Metadata: map[string]string{"team": "crm = 1", "a": ""}},
		"amount": {Value: &coupon.Value{Type: coupon.ValueAmount, Money: sgd(300), AppliesTo: coupon.AppliesTo{Pick: coupon.PickCheapest, Quantity: 2, Per: coupon.PerUnit}}, Stacking: &coupon.Stacking{Exclusive: true}, PerVoucher: &two,
			Conditions: &coupon.Conditions{Windows: []coupon.Window{{Days: []string{"mon", "sun"}, From: "09:00", To: "17:30"}, {From: "22:00", To: "02:00", TimeZone: "Asia/Tokyo"}}}},
		"shipping": {Value: &coupon.Value{Type: coupon.ValueFreeShipping, Max: sgd(400)}, Stacking: &coupon.Stacking{CombinesWith: []coupon.Class{}}, Validity: &coupon.Validity{StartsAfterDays: 1, ExpiresAfterDays: 30}, Unlimited: true},
		"item":     {Value: &coupon.Value{Type: coupon.ValueItem, Get: &coupon.ItemSet{Quantity: 2, Collections: []string{"ink"}, BasisPoints: 5000}, Buy: &coupon.ItemSet{Quantity: 1, Products: []string{"printer"}}, AppliesTo: coupon.AppliesTo{Per: coupon.PerUnit}}},
		"gift":     {Value: &coupon.Value{Type: coupon.ValueItem, Get: &coupon.ItemSet{Quantity: 1, Price: sgd(100)}}, Holder: coupon.Assigned},
		"price":    {Value: &coupon.Value{Type: coupon.ValueFixedPrice, Price: sgd(700), AppliesTo: coupon.AppliesTo{Products: []string{"mug"}}}, Code: &coupon.CodePolicy{Alphabet: coupon.Digits}},
		"lines":    {Value: &coupon.Value{Type: coupon.ValuePercent, BasisPoints: 100, AppliesTo: coupon.AppliesTo{Scope: coupon.ScopeLines}}},
		"package":  {Value: &coupon.Value{Type: coupon.ValuePackage, Package: "starter"}},
	}
	for name, rule := range rules() {
		docs[name] = app.CampaignInput{Value: &coupon.Value{Type: coupon.ValuePercent, BasisPoints: 100}, Conditions: &coupon.Conditions{Rule: rule}}
	}
	return docs
}

func rules() map[string]*coupon.Rule {
	gold := coupon.Rule{Fact: "metadata.tier", Op: coupon.OpIs, Value: "gold"}
	ten := coupon.Rule{Fact: "metadata.points", Op: coupon.OpIs, Value: "10"}
	number := coupon.Rule{Fact: "metadata.points", Op: coupon.OpAtLeast, Value: int64(10)}
	member := coupon.Rule{Fact: "metadata.member", Op: coupon.OpIsNot, Value: true}
	large := coupon.Rule{Fact: "order.subtotal", Op: coupon.OpAbove, Value: int64(8050)}
	listed := coupon.Rule{Fact: "customer.metadata.tier", Op: coupon.OpOneOf, Value: []any{"gold", "silver"}}
	year := coupon.Rule{Fact: "customer.metadata.year", Op: coupon.OpIs, Value: "2026"}
	given := coupon.Rule{Fact: "customer.language", Op: coupon.OpExists, Value: true}
	missing := coupon.Rule{Fact: "metadata.x", Op: coupon.OpExists, Value: false}
	return map[string]*coupon.Rule{
		"one": &gold, "all": {All: []coupon.Rule{gold, ten, number, large}}, "any": {Any: []coupon.Rule{listed, year, given}}, "none": {Not: &coupon.Rule{Any: []coupon.Rule{member, missing}}}, "not": {Not: &member},
		"groups": {Any: []coupon.Rule{{All: []coupon.Rule{gold, large}}, {Not: &listed}, {Any: []coupon.Rule{ten, year}}}}, "mixed": {All: []coupon.Rule{{Any: []coupon.Rule{gold, ten}}, large}},
		"deep": {All: []coupon.Rule{{Any: []coupon.Rule{{All: []coupon.Rule{gold, {Not: &ten}}}, large}}, member}},
	}
}

// Whatever the form shows of a campaign it saves as it was, and what it cannot show stays.
func TestDiscountFormKeepsEverything(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, dbURL string) {
		d := filled(t, dbURL)
		for name, in := range discountDocs(d) {
			in.Kind, in.Name = coupon.KindDiscount, &name
			c := must[coupon.Campaign](t)(d.app.CreateCampaign(t.Context(), d.as(coupon.Admin), in))
			before := must[coupon.CampaignView](t)(d.app.Campaign(t.Context(), d.as(coupon.Admin).By, c.ID))
			path := "/admin/discounts/" + string(c.ID) + "/edit"
			d.get(coupon.Marketing, "/admin/coupons/"+string(c.ID)).is(200)
			f := typedIn(d.get(coupon.Marketing, path).is(200))
			f.Set("do", "save")
			d.send(coupon.Marketing, "POST", path, f).leads("/admin/coupons/" + string(c.ID))
			after := must[coupon.CampaignView](t)(d.app.Campaign(t.Context(), d.as(coupon.Admin).By, c.ID))
			if !reflect.DeepEqual(after.Doc, before.Doc) || !reflect.DeepEqual(after.Limits, before.Limits) || after.Code != before.Code || !reflect.DeepEqual(after.Metadata, before.Metadata) && len(after.Metadata)+len(before.Metadata) > 0 {
				t.Errorf("%s was\n%+v %+v %+v\nand became\n%+v %+v %+v", name, before.Doc, before.Limits, before.Code, after.Doc, after.Limits, after.Code)
			}
		}
	})
}

// The form without scripts: rows come and go, nothing typed is lost, and only Save saves.
func TestDiscountFormWithoutScripts(t *testing.T) {
	t.Parallel()
	d := open(t)
	const path = "/admin/discounts/new"
	f := typedIn(d.get(coupon.Marketing, path).is(200).shows("Percent:"))
	press := func(do string) reply {
		f.Set("do", do)
		r := d.send(coupon.Marketing, "POST", path, f)
		f = typedIn(r.is(200))
		return r
	}
	f.Set("name", hostile)
	f.Set("percent", "10")
	press("rule_add:0").has(`name="rule_fact"`).hides(hostile)
	press("rule_add:0")
	press("rule_add:1").shows("The order must fit")
	f["rule_name"], f["rule_value"] = []string{"a", "b", "c"}, []string{"1", "x", "true"}
	press("rule_drop:0")
	press("window_add")
	press("window_add")
	f["window_days"] = []string{"0:mon", "1:tue"}
	press("window_drop:0").has(`value="0:tue" checked`)
	press("line_add")
	f["try_price"], f["try_quantity"] = []string{"60", "5"}, []string{"1", "2"}
	press("line_drop:0").shows("10 % off the order", "on Tue 09:00 to 17:00", "if b is x and c is true")
	press("line_drop:9")
	press("rule_drop:x")
	if list := must[coupon.Page[coupon.CampaignView]](t)(d.app.Campaigns(t.Context(), d.as(coupon.Admin).By, coupon.CampaignFilter{Kind: coupon.KindDiscount}, coupon.Paging{})); len(list.Rows) != 0 {
		t.Fatal("a button beside Save saved")
	}
	f.Set("do", "save")
	to := d.send(coupon.Marketing, "POST", path, f).leads("/admin/coupons/cmp_").To
	c := must[coupon.CampaignView](t)(d.app.Campaign(t.Context(), d.as(coupon.Admin).By, coupon.CampaignID(to[strings.LastIndexByte(to, '/')+1:])))
	want := coupon.Rule{All: []coupon.Rule{{Fact: "metadata.b", Op: "eq", Value: "x"}, {Fact: "metadata.c", Op: "eq", Value: true}}}
	if c.State != coupon.CampaignDraft || !reflect.DeepEqual(*c.Doc.Conditions.Rule, want) || len(c.Doc.Conditions.Windows) != 1 {
		t.Errorf("it became %s %+v", c.State, c.Doc.Conditions)
	}
}

// What is wrong stands beside its field, with what was typed; the preview names it in words.
func TestDiscountFormRefuses(t *testing.T) {
	t.Parallel()
	d := open(t)
	const path = "/admin/discounts/new"
	base := []string{"name", "A", "value", "percent", "percent", "10", "combines", "all"}
	for field, wrong := range map[string]string{
		"name": "", "percent": "101", "max": "x", "min_subtotal": "-1", "min_quantity": "none", "customers": "nobody@example.com", "per_voucher": "0", "budget": "x", "priority": "high", "expert": "order.",
		"metadata": "no sign", "expires_on": "2020-01-01", "starts_on": "soon", "length": "1", "prefix": "Ü Ü", "scope": "moon", "pick": "cheapest",
	} {
		pairs := append([]string{field, wrong}, base...)
		id := field
		if field == "pick" {
			id = "pick_quantity"
		}
		r := d.post(coupon.Marketing, path, pairs...).is(422).has(`id="` + id + `-error"`)
		if wrong != "" && field != "scope" && field != "pick" && field != "value" {
			r.has(html.EscapeString(wrong))
		}
	}
	d.post(coupon.Marketing, path, append([]string{"rule_match", "all", "rule_group", "0", "rule_fact", "order.subtotal", "rule_name", "", "rule_op", "gte", "rule_value", ""}, base...)...).is(422).shows("Each condition compares with a value.")
	d.post(coupon.Marketing, "/admin/discounts/preview", base...).is(200).shows("10 % off the order").hides("<html")
	d.post(coupon.Marketing, "/admin/discounts/preview", append([]string{"percent", "x"}, base...)...).is(200).shows("Percent: ")
	d.post(coupon.Marketing, "/admin/discounts/preview", append([]string{"try_price", "x", "try_quantity", "1"}, base...)...).is(200).shows("This order cannot be tried", "Line 1")
	d.post(coupon.Marketing, "/admin/discounts/preview", append([]string{"try_price", "10", "try_quantity", "1", "try_customer", "nobody"}, base...)...).is(200).shows("There is no such customer.")
	d.post(coupon.Support, "/admin/discounts/preview", base...).is(403)
	d.get(coupon.Marketing, "/admin/discounts/"+string(d.gift.ID)+"/edit").is(404)
	d.post(coupon.Marketing, "/admin/discounts/"+string(d.gift.ID)+"/edit", base...).is(404)
}

// One code for everybody needs a limit somewhere.
func TestPublicCode(t *testing.T) {
	t.Parallel()
	d := open(t)
	free := d.discount("Free for all", coupon.Value{Type: coupon.ValuePercent, BasisPoints: 1000})
	path := "/admin/coupons/" + string(free.ID)
	d.post(coupon.Marketing, path+"/code", "code", "", "until", "soon", "per_voucher", "x").is(422).has(`id="code-error"`, `id="expires_at-error"`, `id="per_voucher-error"`)
	d.post(coupon.Marketing, path+"/code", "code", "WELCOME10").is(422).shows("A public code needs a limit").has(`value="WELCOME10"`)
	d.post(coupon.Marketing, path+"/code", "code", "WELCOME10", "per_voucher", "100").leads(path)
	d.get(coupon.Support, path).shows("WELCOME10", "0 of 100", "Public")
	d.post(coupon.Marketing, path+"/code", "code", "welcome-10", "per_voucher", "100").is(409)
	var none money.Amount
	if v := must[coupon.Page[coupon.VoucherView]](t)(d.app.Vouchers(t.Context(), d.as(coupon.Admin).By, coupon.VoucherFilter{Campaign: free.ID}, coupon.Paging{})); len(v.Rows) != 1 || !v.Rows[0].Public || v.Rows[0].Face != none.Minor {
		t.Errorf("it made %+v", v.Rows)
	}
}
