package admin

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/ui"
)

// deskRow is one of a customer's vouchers with what the support desk asks about it: where
// it was used, and whether its message arrived.
type deskRow struct {
	*coupon.VoucherView
	status coupon.Status
	use    *coupon.RedemptionView // the customer's latest; nil for none
	sent   *coupon.Message        // the latest message with its code; nil for none
	shown  codes
	tails  map[coupon.VoucherID]string // masked codes of those it replaced, or was replaced by
}

// deskRows reads what belongs to the vouchers of a page.
func (v *visit) deskRows(who coupon.CustomerID, list []coupon.VoucherView) ([]deskRow, error) {
	var ids []coupon.VoucherID
	for i := range list {
		ids = append(ids, list[i].ID)
	}
	sent, err := v.App.Deliveries(v.ctx(), v.by, ids)
	if err != nil {
		return nil, err
	}
	uses, err := v.App.LastUses(v.ctx(), v.by, who, ids)
	if err != nil {
		return nil, err
	}
	tails, err := v.tails(list)
	if err != nil {
		return nil, err
	}
	shown := v.withPublic(list, nil)
	out := make([]deskRow, len(list))
	for i := range list {
		x := &list[i]
		out[i] = deskRow{VoucherView: x, status: x.Shown(v.clock.Now), shown: shown, tails: tails}
		if m, ok := sent[x.ID]; ok {
			out[i].sent = &m
		}
		if r, ok := uses[x.ID]; ok {
			out[i].use = &r
		}
	}
	return out, nil
}

// tails are the masked codes of the vouchers that those of a list replace, or are replaced by.
func (v *visit) tails(list []coupon.VoucherView) (map[coupon.VoucherID]string, error) {
	out := map[coupon.VoucherID]string{}
	for i := range list {
		out[list[i].ID] = masked(&list[i])
	}
	for i := range list {
		for _, id := range []coupon.VoucherID{list[i].Replaces, list[i].ReplacedBy} {
			if _, known := out[id]; known || id == "" {
				continue
			}
			x, err := v.App.Voucher(v.ctx(), v.by, id)
			if err != nil {
				return nil, err
			}
			out[id] = masked(&x)
		}
	}
	return out, nil
}

// usage says in words what became of a voucher: when and for what it was used, or who ended
// it and why (DC-11, DC-12).
func (v *visit) usage(r *deskRow) templ.Component {
	second := ui.Link{Label: v.usageWord(r)}
	var parts []string
	switch r.status {
	case coupon.StatusDeleted, coupon.StatusVoid:
		parts = append(parts, "“"+r.EndedReason+"”")
	case coupon.StatusDeactivated:
		parts = append(parts, "“"+r.DisabledReason+"”")
	}
	switch {
	case r.ReplacedBy != "":
		parts = append(parts, "replaced by "+unbroken(r.tails[r.ReplacedBy]))
	case r.Replaces != "":
		parts = append(parts, "replaces "+unbroken(r.tails[r.Replaces]))
	}
	if r.MaxUses > 0 && !r.Doc.Drawdown {
		parts = append(parts, v.usesWord(r.Uses, r.MaxUses)+" used")
	} else if r.MaxUses == 0 && !r.Doc.Drawdown {
		parts = append(parts, "used "+v.usesWord(r.Uses, 0))
	}
	second.Second = strings.Join(parts, " · ")
	if r.ReplacedBy != "" {
		second.Href = voucherPath(r.ReplacedBy)
	}
	return second
}

func (v *visit) usageWord(r *deskRow) string {
	when := func(what string) string { return what + " " + v.clock.Short(r.EndedAt).String() + " by " + r.EndedBy }
	switch r.status {
	case coupon.StatusDeleted:
		return when("Deleted")
	case coupon.StatusVoid:
		return when("Voided")
	case coupon.StatusFrozen:
		return "Its batch is frozen"
	case coupon.StatusPaused:
		return "Its campaign is " + string(r.CampaignState)
	case coupon.StatusDraft:
		return "Its campaign is not active yet"
	case coupon.StatusReserved:
		return "Reserved for an order"
	case coupon.StatusScheduled:
		if day := r.StartsAt.In(v.org.Zone()); day.Hour() == 0 && day.Minute() == 0 {
			return "From " + v.clock.Day(r.StartsAt).String()
		}
		return "From " + v.clock.Short(r.StartsAt).String()
	}
	used := "Not used"
	switch {
	case r.use != nil:
		used = "Used " + v.clock.Short(r.use.At).String()
		if to := references(r.use); to != "" {
			used += " · " + to
		}
		if r.use.LocationName != "" {
			used += " · " + r.use.LocationName
		}
	case r.Uses > 0:
		used = "Used " + v.clock.Short(r.LastUsedAt).String()
	case r.status == coupon.StatusExpired:
		return "Expired " + v.expiry(r.ExpiresAt).String() + ", never used"
	case r.status == coupon.StatusDeactivated:
		return "Deactivated"
	}
	return used
}

// delivery says whether the message with a voucher's code went out (DC-25).
func (v *visit) delivery(m *coupon.Message) templ.Component {
	if m == nil {
		return ui.Text("")
	}
	s := messageStatus(m)
	s.Word = capital(channelName(m.Channel)) + " " + strings.ToLower(s.Word)
	at := "Written " + v.clock.Short(m.CreatedAt).String()
	if s.Title = at; m.Error != "" {
		return ui.Stacked{First: s, Second: m.Error}
	}
	return s
}

// earned says how a voucher came to the customer (DC-14).
func earned(x *coupon.VoucherView) ui.Link {
	how := map[string]string{
		"manual": "Manually", "distribution": "Distribution", "automation": "Automation", "loyalty": "Through a loyalty program", "api": "API", "import": "Import",
	}[x.EarningMethod]
	if how == "" {
		how = "Batch"
	}
	return ui.Link{Label: how, Second: x.SourceReference}
}

func earnedBy(x *coupon.VoucherView) string {
	l := earned(x)
	if l.Second != "" {
		return l.Label + " · " + l.Second
	}
	return l.Label
}

// applies says what a voucher applies to (DC-17): ‘ALL’, or what is specific, with its names.
func applies(d coupon.TermsDoc) ui.Link {
	a := d.Value.AppliesTo
	switch {
	case len(a.Collections) > 0:
		return ui.Link{Label: "Specific Collection", Second: some(a.Collections)}
	case len(a.Products) > 0:
		return ui.Link{Label: "Specific Products", Second: some(a.Products)}
	}
	return ui.Link{Label: "ALL"}
}

func appliesTo(d coupon.TermsDoc) string {
	l := applies(d)
	if l.Second != "" {
		return l.Label + ": " + l.Second
	}
	return l.Label
}

// some names the first of a list and counts the others.
func some(list []string) string {
	const most = 3
	if len(list) <= most {
		return strings.Join(list, ", ")
	}
	return strings.Join(list[:most], ", ") + " and " + strconv.Itoa(len(list)-most) + " more"
}
