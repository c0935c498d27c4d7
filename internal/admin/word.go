package admin

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/ui"
)

// count writes a number with its noun: "1 coupon", "1,200 coupons".
func (w writing) count(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return w.number(n) + " " + many
}

// number writes n with marks between the thousands.
func (w writing) number(n int64) string { return money.Amount{Minor: n}.Number(w.lang) }

// amount writes an amount with its currency, which stays on its line.
func (w writing) amount(minor int64, a money.Asset) string {
	return strings.ReplaceAll(money.Amount{Minor: minor, Asset: a}.Format(w.lang), " ", "\u00a0")
}

// figure writes an amount without its currency.
func (w writing) figure(minor int64, a money.Asset) string {
	return money.Amount{Minor: minor, Asset: a}.Number(w.lang)
}

// signed writes a change of a balance.
func (w writing) signed(minor int64, a money.Asset) string {
	if minor > 0 {
		return "+" + w.figure(minor, a)
	}
	return strings.Replace(w.figure(minor, a), "-", "−", 1)
}

// statusOf is the badge of a voucher's status.
func statusOf(s coupon.Status) ui.Status {
	tones := map[coupon.Status]ui.Tone{
		coupon.StatusActive: ui.OK, coupon.StatusPartlyUsed: ui.OK, coupon.StatusReserved: ui.Info, coupon.StatusScheduled: ui.Info, coupon.StatusExpired: ui.Warn,
		coupon.StatusDeactivated: ui.Warn, coupon.StatusFrozen: ui.Warn, coupon.StatusPaused: ui.Warn, coupon.StatusDeleted: ui.Bad, coupon.StatusVoid: ui.Bad,
	}
	return ui.Status{Tone: tones[s], Word: statusWord(s)}
}

// statuses lists what a voucher can be shown as, those that can be used first.
func statuses() []coupon.Status {
	return []coupon.Status{
		coupon.StatusActive, coupon.StatusPartlyUsed, coupon.StatusReserved, coupon.StatusScheduled, coupon.StatusRedeemed, coupon.StatusExpired,
		coupon.StatusDeactivated, coupon.StatusFrozen, coupon.StatusPaused, coupon.StatusVoid, coupon.StatusDeleted,
	}
}

func statusWord(s coupon.Status) string {
	switch s {
	case coupon.StatusVoid:
		return "Voided"
	case coupon.StatusPartlyUsed:
		return "Partly used"
	}
	return capital(string(s))
}

func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + strings.ReplaceAll(s[1:], "_", " ")
}

func roleWord(r coupon.Role) string {
	if r == coupon.Admin {
		return "Administrator"
	}
	return capital(string(r))
}

// kindWord names one thing of a kind; kindWords several.
func kindWord(k coupon.Kind) string {
	return map[coupon.Kind]string{
		coupon.KindCoupon: "Coupon", coupon.KindGift: "Gift voucher", coupon.KindRefill: "Refill coupon", coupon.KindEPin: "E-Pin", coupon.KindDiscount: "Discount code",
	}[k]
}

// channelWord names the door a redemption came through.
func channelWord(c coupon.Channel) string {
	return map[coupon.Channel]string{coupon.BackOffice: "Back office", coupon.Outlet: "Outlet", coupon.Portal: "Customer portal", coupon.ViaAPI: "API"}[c]
}

func transactionWord(t coupon.TransactionType) string {
	if t == coupon.TopUp {
		return "Top-up"
	}
	return capital(string(t))
}

// batchStatus is the badge of a batch.
func batchStatus(b coupon.BatchView) ui.Status {
	switch b.State {
	case coupon.BatchActive:
		return ui.Status{Tone: ui.OK, Word: "Active"}
	case coupon.BatchFrozen:
		return ui.Status{Tone: ui.Warn, Word: "Frozen"}
	case coupon.BatchFailed:
		return ui.Status{Tone: ui.Bad, Word: "Given up"}
	}
	return ui.Status{Tone: ui.Info, Word: "Being made"}
}

// campaignStatus is the badge of a campaign.
func campaignStatus(s coupon.CampaignState) ui.Status {
	tones := map[coupon.CampaignState]ui.Tone{coupon.CampaignActive: ui.OK, coupon.CampaignDraft: ui.Info, coupon.CampaignPaused: ui.Warn}
	return ui.Status{Tone: tones[s], Word: capital(string(s))}
}

// worth says what a voucher's terms give, without doubt between amount and percentage.
func (w writing) worth(d coupon.TermsDoc, face int64, asset money.Asset) string {
	val := d.Value
	switch val.Type {
	case coupon.ValueAmount:
		if face > 0 {
			return w.amount(face, asset)
		}
		if val.Money != nil {
			return w.amount(val.Money.Minor, val.Money.Asset)
		}
		return "Amount of each batch"
	case coupon.ValuePercent:
		return strings.ReplaceAll(val.BasisPoints.Format(w.lang), " ", "\u00a0") + " off"
	case coupon.ValueFreeShipping:
		return "Free shipping"
	case coupon.ValueUnits:
		return w.number(val.Units) + " " + val.Unit
	case coupon.ValuePackage:
		return "Package " + val.Package
	case coupon.ValueFixedPrice:
		if val.Price != nil {
			return "For " + w.amount(val.Price.Minor, val.Price.Asset)
		}
	case coupon.ValueItem:
		if val.Get != nil {
			return w.count(val.Get.Quantity, "item", "items") + " free"
		}
	}
	return capital(string(val.Type))
}

// valueTypeWord names the type of a campaign's value, with its currency.
func (w writing) valueTypeWord(d coupon.TermsDoc) string {
	switch d.Value.Type {
	case coupon.ValueAmount:
		if m := d.Value.Money; m != nil {
			return "An amount in " + m.Asset.Name()
		}
		return "An amount"
	case coupon.ValuePercent:
		return "Percent off"
	case coupon.ValuePackage:
		return "A package"
	}
	return w.worth(d, 0, "")
}

// worthOf says what a voucher is worth, without doubt between an amount and a percentage.
func (w writing) worthOf(v *coupon.VoucherView) string {
	out := w.worth(v.Doc, v.Face, v.Asset)
	if v.Doc.Value.Type == coupon.ValueAmount && !stored(v) {
		out += " off"
	}
	return out
}

// typeOf names the type of what a voucher is worth, as the support desk does (DC-09).
func typeOf(v *coupon.VoucherView) string {
	switch t := v.Doc.Value.Type; {
	case stored(v) && t == coupon.ValueAmount:
		return "Stored value"
	case t == coupon.ValueAmount:
		return "Fixed amount off"
	case t == coupon.ValuePercent:
		return "Percentage off"
	default:
		return capital(string(t))
	}
}

// stored reports whether a voucher holds a value that can be less than its face.
func stored(v *coupon.VoucherView) bool {
	_, ok := v.Doc.Stored(v.Kind)
	return ok
}

// masked is what lists show of a voucher's code.
func masked(v *coupon.VoucherView) string { return coupon.Masked(v.Prefix, v.Tail) }

// usesWord says how often a voucher was used, of how often it may be.
func (w writing) usesWord(uses, max int64) string {
	if max == 0 {
		return strconv.FormatInt(uses, 10) + " · no limit"
	}
	return strconv.FormatInt(uses, 10) + " of " + w.number(max)
}

// holderWord says who may use a voucher of these terms.
func holderWord(p coupon.HolderPolicy) string {
	return map[coupon.HolderPolicy]string{
		coupon.Assigned: "Only its holder", coupon.Bearer: "Whoever uses it first", coupon.Claimable: "A customer who takes it", coupon.Open: "Anybody, within the limits",
	}[p]
}

// sizeWord writes a number of bytes for people.
func (w writing) sizeWord(n int64) string {
	switch {
	case n >= 1<<20:
		return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MiB"
	case n >= 1<<10:
		return strconv.FormatFloat(float64(n)/(1<<10), 'f', 1, 64) + " KiB"
	}
	return w.count(n, "byte", "bytes")
}

// plainAmount writes an amount for a file or a field.
func plainAmount(minor int64, a money.Asset) string {
	if a == "" {
		return ""
	}
	return money.Amount{Minor: minor, Asset: a}.Plain()
}

// reasonWord says why a try was refused, for staff.
func reasonWord(code string) string {
	for _, f := range refusals() {
		if f.Code == code {
			return f.Msg
		}
	}
	return capital(code)
}

func refusals() []*fault.Error {
	return []*fault.Error{
		coupon.ErrNotFound, coupon.ErrMistyped, coupon.ErrNotActive, coupon.ErrDisabled, coupon.ErrFrozen, coupon.ErrPaused, coupon.ErrNotStarted, coupon.ErrExpired,
		coupon.ErrOutsideHours, coupon.ErrAlreadyRedeemed, coupon.ErrLimitReached, coupon.ErrCustomerLimit, coupon.ErrDailyLimit, coupon.ErrBudget, coupon.ErrAllocation,
		coupon.ErrCustomerRequired, coupon.ErrLocationRequired, coupon.ErrOrderRequired, coupon.ErrAmountRequired, coupon.ErrNotHolder, coupon.ErrNotEligible,
		coupon.ErrWrongLocation, coupon.ErrNotApplicable, coupon.ErrMinimum, coupon.ErrNotCombinable, coupon.ErrInsufficient, coupon.ErrCurrency, coupon.ErrHeld,
	}
}

// codeLength is how many characters codes of a policy have, separators not counted.
func codeLength(p coupon.CodePolicy) int {
	prefix, err := coupon.Canonical(p.Prefix)
	if err != nil {
		return p.Length
	}
	return utf8.RuneCountInString(prefix) + p.Length
}
