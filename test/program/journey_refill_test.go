package program_test

import (
	"encoding/csv"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/scriphq/scrip/test/browser"
)

const journeyPassword = "a sentence to remember"

// office is an administrator's browser on a server.
type office struct {
	*server
	page *browser.Page
}

// openOffice does J1.1: the first start prints a link; there the organisation and
// its first administrator are made.
func openOffice(t *testing.T, b *browser.Browser, p *place, journey string) *office {
	t.Helper()
	s := p.serve()
	link := regexp.MustCompile(`http://\S+/setup\?token=\S+`).FindString(s.said())
	if link == "" {
		t.Fatalf("no set-up link: %s", s.said())
	}
	page := b.Open(t, journey, link, browser.Light)
	page.Fill("Organisation", "Harbour Coffee")
	page.Fill("Currency", "SGD – Singapore Dollar")
	page.Fill("Time zone", "Asia/Singapore")
	page.Fill("Your name", "Ada Lim")
	page.Fill("E-mail address", "ada@example.com")
	page.Fill("Password", journeyPassword)
	page.Pictures("1-set-up")
	page.Click("Set up")
	page.See("Dashboard")
	return &office{s, page}
}

// customer makes a customer with a portal password.
func (o *office) customer(name, email string) {
	o.page.Go(o.base + "/admin/customers/new")
	o.page.Fill("Name", name)
	o.page.Fill("E-mail address", email)
	o.page.Click("Save")
	o.page.See(name)
	o.page.Click("Details")
	o.page.Click("Set password")
	o.page.Fill("Password", journeyPassword)
	o.page.Click("Set password")
	o.page.See("The password was set") // to go on before would break it off
}

// numbers returns what the column Number shows.
func (o *office) numbers() []string {
	var out []string
	for _, cell := range o.page.Texts("tbody td.lead") {
		if digits := regexp.MustCompile(`12\d{8,}`).FindString(strings.ReplaceAll(cell, " ", "")); digits != "" {
			out = append(out, digits)
		}
	}
	return out
}

// RF-03, RF-06, RF-07, RF-08, RF-09, RF-12, RF-13: what the customer did is what the
// administrator sees, at once.
func TestJ1J7RefillCouponsFromFirstRunToBalance(t *testing.T) {
	t.Parallel()
	b := browser.Start(t)
	eachBarePlace(t, func(t *testing.T, p *place) {
		o := openOffice(t, b, p, "J1-"+map[bool]string{true: "sqlite", false: "postgres"}[p.url == ""])
		o.settings()
		o.customer("Mei Tan", "mei@example.com")
		numbers := o.create()
		c := o.portal(b, t)
		c.topUp(numbers)
		o.seesUse(numbers)
		o.exports(numbers)
		gone := o.deletes(t)
		left := slices.DeleteFunc(slices.Clone(numbers[2:]), func(n string) bool { return strings.HasSuffix(n, gone) })
		if len(left) != 2 {
			t.Fatalf("%d of three numbers are left after …%s was deleted", len(left), gone)
		}
		o.freezes(c, left[0])
		p.verified()
	})
}

// settings does J1.2.
func (o *office) settings() {
	o.page.Go(o.base + "/admin/settings/locations")
	o.page.Click("Add location")
	o.page.Fill("Name", "Main Street")
	o.page.Click("Save")
	o.page.See("Main Street")
	o.page.Go(o.base + "/admin/settings/staff")
	for _, role := range []string{"Marketing", "Cashier", "Support", "Finance", "Developer"} {
		o.page.Click("Add staff")
		o.page.Fill("Name", role+" person")
		o.page.Fill("E-mail address", strings.ToLower(role)+"@example.com")
		o.page.Fill("Password", journeyPassword)
		o.page.Click(role)
		o.page.Click("Save")
		o.page.See(role + " person")
	}
	o.page.Pictures("2-staff")
}

// create does J1.3 to J1.5 and returns the five numbers.
func (o *office) create() []string {
	t := o.t
	o.page.Go(o.base + "/admin/refill/new")
	o.page.Fill("Description", "TESTING")
	o.page.Fill("Start Prefix", "12")
	o.page.Fill("Quantity", "five")
	o.page.Fill("Amount (SGD)", "10.005")
	o.page.Click("Save")
	o.page.See("At most two decimals")
	if got := o.page.Value("Description"); got != "TESTING" {
		t.Errorf("after an error the description is %q", got)
	}
	o.page.Pictures("3-create-with-errors")
	o.page.Fill("Quantity", "5")
	o.page.Fill("Amount (SGD)", "10")
	o.page.Click("Save")
	o.page.See("TESTING")
	o.page.Until(`document.querySelectorAll("tbody tr").length === 5`)
	numbers := o.numbers()
	if len(numbers) != 5 {
		t.Fatalf("the maker sees %d numbers that begin with 12, want 5: %v", len(numbers), o.page.Texts("tbody tr"))
	}
	for _, row := range o.page.Texts("tbody tr") {
		if !strings.Contains(row, "10.00") || !strings.Contains(row, "false") {
			t.Errorf("a new coupon's row is %q", row)
		}
	}
	o.page.Pictures("4-five-coupons")
	return numbers
}

// holder is the customer's browser.
type holder struct {
	*office
	page *browser.Page
}

// portal signs Mei in (J7.1).
func (o *office) portal(b *browser.Browser, t *testing.T) *holder {
	page := b.Open(t, "J7", o.base+"/", browser.Phone)
	page.Fill("E-mail, mobile, member or customer number", "mei@example.com")
	page.Fill("Password", journeyPassword)
	page.Click("Sign in")
	page.See("0.00")
	page.Pictures("1-home")
	return &holder{o, page}
}

// topUp does J7.2 to J7.4: 0 → 10.00 → 20.00, and the same number again is refused.
func (c *holder) topUp(numbers []string) {
	c.add(" " + numbers[0][:6] + " - " + numbers[0][6:] + " ")
	c.page.See("10.00")
	c.add(numbers[1])
	c.page.See("20.00")
	c.page.Pictures("2-twenty")
	c.add(numbers[0])
	c.page.See("already")
	c.page.Pictures("3-refused")
	c.page.Go(c.base + "/")
	c.page.See("20.00")
}

func (c *holder) add(number string) {
	c.page.Go(c.base + "/top-up")
	c.page.Fill("Coupon number", number)
	c.page.Click("Add")
}

// seesUse does J1.6: two rows with Used? true, the date with its time, and the customer.
func (o *office) seesUse(numbers []string) {
	o.page.Go(o.base + "/admin/refill")
	used := 0
	for _, row := range o.page.Texts("tbody tr") {
		if !strings.Contains(row, "true") {
			continue
		}
		used++
		if !strings.Contains(row, "Mei Tan") || !regexp.MustCompile(`\d{1,2} \w{3} \d{4} \d{2}:\d{2}`).MatchString(row) {
			o.t.Errorf("a used coupon's row is %q", row)
		}
	}
	if used != 2 {
		o.t.Errorf("%d rows are used, want 2", used)
	}
	o.page.Pictures("5-used")
}

// exports does J1.7.
func (o *office) exports(numbers []string) {
	o.page.Go(o.base + "/admin/refill?used=false")
	o.page.Until(`document.querySelectorAll("tbody tr").length === 3`)
	body := o.page.Eval(`(() => { const x = new XMLHttpRequest(); x.open("POST", "/admin/refill/export", false); x.setRequestHeader("Content-Type", "application/x-www-form-urlencoded"); x.send("reason=For+the+printer"); return x.responseText })()`)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff"))).ReadAll()
	if err != nil {
		o.t.Fatalf("export: %v", err)
	}
	found := 0
	for _, n := range numbers {
		if strings.Contains(body, n) {
			found++
		}
	}
	if len(rows) != 6 || found != 5 {
		o.t.Errorf("the export has %d rows with %d of the numbers, want 6 and 5", len(rows), found)
	}
}

// deletes does J1.8: a used coupon cannot be deleted, and says why; an unused one
// can, with a reason, and stays in the history. It returns the last four characters
// of the deleted one.
func (o *office) deletes(t *testing.T) string {
	o.page.Go(o.base + "/admin/refill?used=true")
	o.page.ClickAt("tbody tr:first-child td.lead a")
	o.page.See("Redeemed")
	o.page.Pictures("6-used-coupon")
	o.page.Go(o.page.URL() + "/delete")
	o.page.See("already been redeemed")
	o.page.Pictures("6-not-deleted")
	o.page.Go(o.base + "/admin/refill?used=false")
	o.page.ClickAt("tbody tr:first-child td.lead a")
	voucher := o.page.URL()
	tail := regexp.MustCompile(`\d{4}`).FindString(o.page.Text("h1"))
	o.page.Go(voucher + "/delete")
	o.page.Fill("Reason", "Torn off the pad")
	o.page.Click("Delete it")
	o.page.See("Torn off the pad")
	o.page.Go(o.base + "/admin/refill?used=false&status=active")
	if rows := o.page.Texts("tbody tr"); len(rows) != 2 {
		t.Errorf("after the deletion %d coupons are active and unused, want 2", len(rows))
	}
	return tail
}

// freezes does J1.9.
func (o *office) freezes(c *holder, number string) {
	o.page.Go(o.base + "/admin/batches")
	o.page.Click("TESTING")
	o.page.Click("Freeze")
	o.page.Until(`document.querySelector("dialog[open] form") !== null`)
	o.page.Fill("Reason", "A box was lost")
	o.page.Click("Freeze")
	o.page.See("Frozen")
	o.page.Pictures("7-frozen")
	c.add(number)
	c.page.See("cannot be used")
	o.page.Click("Unfreeze")
	o.page.Until(`document.querySelector("dialog[open] form") !== null`)
	o.page.Fill("Reason", "The box was found")
	o.page.Click("Unfreeze")
	o.page.Gone("Frozen")
	c.add(number)
	c.page.See("30.00")
}
