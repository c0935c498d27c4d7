package admin

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/money"
	"github.com/scriphq/scrip/internal/ui"
)

// fact is how a type of event is told: its words, icon and tone.
type fact struct {
	title, icon string
	tone        ui.Tone
}

func facts() map[coupon.EventType]fact {
	return map[coupon.EventType]fact{
		coupon.EventVoucherIssued: {"Issued", "plus", ui.OK}, coupon.EventVoucherRedeemed: {"Redeemed", "check", ui.OK}, coupon.EventVoucherReversed: {"Redemption reversed", "undo", ui.Warn},
		coupon.EventCheckoutReversed: {"Order reversed", "undo", ui.Warn},
		coupon.EventVoucherHeld:      {"Reserved", "lock", ui.Info}, coupon.EventVoucherReleased: {"Reservation released", "unlock", ui.Plain}, coupon.EventVoucherVoided: {"Voided", "ban", ui.Bad},
		coupon.EventVoucherDeleted: {"Deleted", "trash", ui.Bad}, coupon.EventVoucherDeactivated: {"Deactivated", "pause", ui.Warn}, coupon.EventVoucherReactivated: {"Reactivated", "play", ui.OK},
		coupon.EventVoucherExtended: {"Expiry changed", "calendar", ui.Info}, coupon.EventVoucherReassigned: {"Reassigned", "swap", ui.Info}, coupon.EventVoucherReplaced: {"Replaced", "swap", ui.Info},
		coupon.EventVoucherLapsed: {"Value lapsed with the expiry", "clock", ui.Warn}, coupon.EventVoucherRevealed: {"Code revealed", "eye", ui.Info}, coupon.EventCodeRebound: {"Code given to another voucher", "link", ui.Info},
		coupon.EventBatchCreated: {"Batch begun", "plus", ui.Plain}, coupon.EventBatchCompleted: {"Batch complete", "check", ui.OK}, coupon.EventBatchFailed: {"Batch given up", "warning", ui.Bad},
		coupon.EventBatchFrozen: {"Batch frozen", "snowflake", ui.Warn}, coupon.EventBatchUnfrozen: {"Batch unfrozen", "sun", ui.OK}, coupon.EventBatchExported: {"Batch exported", "download", ui.Info},
		coupon.EventBatchRevealed: {"Numbers shown", "eye", ui.Info}, coupon.EventCampaignCreated: {"Campaign created", "plus", ui.OK}, coupon.EventCampaignChanged: {"Campaign changed", "pencil", ui.Info},
		coupon.EventCampaignActivated: {"Campaign activated", "play", ui.OK}, coupon.EventCampaignPaused: {"Campaign paused", "pause", ui.Warn}, coupon.EventCampaignArchived: {"Campaign archived", "box", ui.Plain},
		coupon.EventCustomerCreated: {"Customer created", "user", ui.OK}, coupon.EventCustomerChanged: {"Details changed", "pencil", ui.Info}, coupon.EventBalanceAdjusted: {"Balance adjusted", "coins", ui.Warn},
		coupon.EventSetUp: {"Installation set up", "star", ui.OK}, coupon.EventSettingsChanged: {"Settings changed", "gear", ui.Info}, coupon.EventStaffCreated: {"Staff added", "user", ui.OK},
		coupon.EventStaffChanged: {"Staff changed", "user", ui.Info}, coupon.EventPasswordChanged: {"Password changed", "lock", ui.Info}, coupon.EventSignedIn: {"Signed in", "log-in", ui.Plain},
		coupon.EventSignedOut: {"Signed out", "log-out", ui.Plain}, coupon.EventLocationCreated: {"Location added", "map-pin", ui.OK}, coupon.EventLocationChanged: {"Location changed", "map-pin", ui.Info},
		coupon.EventKeyCreated: {"API key created", "key", ui.OK}, coupon.EventKeyRevoked: {"API key revoked", "key", ui.Bad}, coupon.EventMessageQueued: {"Message written", "mail", ui.Info}, coupon.EventMessageFailed: {"Message failed", "mail", ui.Bad}, coupon.EventNoteAdded: {"Note", "note", ui.Info},
		coupon.EventSignInCodeShown: {"Sign-in code shown to staff", "eye", ui.Warn}, coupon.EventLockoutCleared: {"Lock-out cleared", "unlock", ui.OK}, coupon.EventImportUploaded: {"Import uploaded", "upload", ui.Plain},
		coupon.EventImportConfirmed: {"Import confirmed", "check", ui.OK}, coupon.EventSecretRotated: {"Secret key rotated", "key", ui.Warn}, coupon.EventWebhookCreated: {"Webhook created", "plug", ui.OK},
		coupon.EventWebhookChanged: {"Webhook changed", "plug", ui.Info}, coupon.EventWebhookEnabled: {"Webhook enabled", "plug", ui.OK}, coupon.EventWebhookDisabled: {"Webhook disabled", "ban", ui.Bad},
		coupon.EventWebhookRotated: {"Webhook's secret rotated", "key", ui.Warn}, coupon.EventRedelivered: {"Webhook sent again", "refresh", ui.Info}, "vouchers.exported": {"List exported", "download", ui.Info},
		coupon.EventBulkBegun: {"Bulk change begun", "layers", ui.Warn}, coupon.EventBulkEnded: {"Bulk change ended", "check", ui.Plain},
		coupon.EventRevealRefused: {"More codes refused", "shield", ui.Warn}, "access.refused": {"Access to somebody else's refused", "shield", ui.Bad},
	}
}

// titleOf says an event in words.
func titleOf(t coupon.EventType) string {
	if f, ok := facts()[t]; ok {
		return f.title
	}
	return capital(strings.ReplaceAll(string(t), ".", " "))
}

// history is a list of events, newest first.
func (v *visit) history(f coupon.EventFilter, p coupon.Paging) (ui.History, error) {
	page, err := v.App.Events(v.ctx(), v.by, f, p)
	if err != nil {
		if fault403(err) {
			return nil, nil
		}
		return nil, err
	}
	return v.told(page.Rows, f.Subject)
}

// told turns events into a history; each leads to what it is about, unless that is the
// page's own subject.
func (v *visit) told(list []coupon.Event, own string) (ui.History, error) {
	places, err := v.placeNames()
	if err != nil {
		return nil, err
	}
	var out ui.History
	for i := range list {
		e := &list[i]
		f, known := facts()[e.Type]
		if !known {
			f = fact{titleOf(e.Type), "history", ui.Plain}
		}
		item := ui.HistoryItem{Icon: f.icon, Tone: f.tone, Title: f.title, By: byWord(e.By), At: v.clock.At(e.At), Text: v.details(e, places), Event: eventJSON(e)}
		item.Quote, _ = e.Data["reason"].(string)
		if e.Type == coupon.EventNoteAdded {
			item.Quote, _ = e.Data["text"].(string)
		}
		if e.Subject != own && (v.can(coupon.ReadMessages) || !strings.HasPrefix(e.Subject, "msg_")) {
			item.Body = subjectLink(e)
		}
		out = append(out, item)
	}
	return out, nil
}

// byWord names an actor with its kind where that is no person of the house.
func byWord(a coupon.Actor) string {
	switch a.Kind {
	case "customer":
		return a.Name + ", customer"
	case "key":
		return a.Name + ", API key"
	case "system":
		return "Scrip"
	}
	return a.Name
}

// details are the facts of an event in a sentence; codes are in none.
func (v *visit) details(e *coupon.Event, places map[string]string) string {
	var parts []string
	add := func(s string) {
		if s != "" {
			parts = append(parts, s)
		}
	}
	text := func(name string) string { s, _ := e.Data[name].(string); return s }
	add(v.moneyOf(e.Data))
	if name := places[text("location")]; name != "" {
		add("at " + name)
	}
	if c := coupon.Channel(text("channel")); c != "" {
		add(strings.ToLower(channelWord(c)))
	}
	if e.Type == coupon.EventMessageQueued || e.Type == coupon.EventMessageFailed {
		add(capital(channelName(text("channel"))))
		add(strings.ToLower(purposeWord(text("purpose"))))
		add(text("error"))
	}
	if t := coupon.TransactionType(text("transaction")); t != "" {
		add(strings.ToLower(transactionWord(t)))
	}
	if s := text("transaction_reference"); s != "" {
		add("for " + s)
	}
	if s := text("reference"); s != "" {
		add("reference " + s)
	}
	add(v.beforeAfter(e))
	for _, name := range []string{"description", "name", "file", "serial", "role", "time_zone", "currency"} {
		if name != "currency" || e.Type == coupon.EventSettingsChanged {
			add(text(name))
		}
	}
	for _, name := range []string{"quantity", "vouchers"} {
		if n, ok := numberOf(e.Data[name]); ok {
			add(v.count(n, "voucher", "vouchers"))
		}
	}
	if n, ok := numberOf(e.Data["left"]); ok && e.Type == coupon.EventRevealRefused {
		add(v.count(n, "code", "codes") + " left that day")
	}
	if n, ok := numberOf(e.Data["rows"]); ok {
		add(v.count(n, "line", "lines"))
	}
	if n, ok := numberOf(e.Data["errors"]); ok && n > 0 {
		add(v.count(n, "error", "errors"))
	}
	return strings.Join(parts, " · ")
}

// beforeAfter tells what something was and became.
func (v *visit) beforeAfter(e *coupon.Event) string {
	before, after := e.Data["before"], e.Data["after"]
	if before == nil && after == nil {
		return ""
	}
	say := func(x any) string {
		s, _ := x.(string)
		if t, err := time.Parse(time.RFC3339, s); err == nil {
			return v.expiry(t).String()
		}
		switch {
		case s == "" && e.Type == coupon.EventVoucherExtended:
			return "no expiry"
		case s == "" || strings.HasPrefix(s, "cus_"):
			return ""
		}
		return s
	}
	from, to := say(before), say(after)
	if from == "" || to == "" {
		return to
	}
	return "from " + from + " to " + to
}

func numberOf(x any) (int64, bool) {
	switch n := x.(type) {
	case float64:
		return int64(n), true
	case int64:
		return n, true
	case int:
		return int64(n), true
	case json.Number:
		i, err := n.Int64()
		return i, err == nil
	}
	return 0, false
}

func (w writing) moneyOf(d map[string]any) string {
	n, ok := numberOf(d["amount"])
	asset, _ := d["currency"].(string)
	if !ok || asset == "" {
		return ""
	}
	return w.amount(n, money.Asset(asset))
}

// eventJSON is the event as ‘Event data’ shows it.
func eventJSON(e *coupon.Event) string {
	body, err := json.Marshal(map[string]any{
		"id": e.ID(), "type": e.Type, "subject": e.Subject, "version": e.Version, "campaign": e.Campaign, "customer": e.Customer, "by": e.By.Kind + " " + e.By.ID,
		"request": e.Request, "address": e.Address, "at": e.At.UTC().Format(time.RFC3339Nano), "data": e.Data,
	})
	if err != nil {
		return fmt.Sprintf("%q", err.Error())
	}
	return string(body)
}

// subjectLink leads to what an event is about.
func subjectLink(e *coupon.Event) templ.Component {
	for prefix, to := range map[string]ui.Link{
		"vch_": {Label: "Open the voucher", Href: "/admin/vouchers/"}, "bat_": {Label: "Open the batch", Href: "/admin/batches/"}, "cmp_": {Label: "Open the campaign", Href: "/admin/coupons/"},
		"msg_": {Label: "Open the message", Href: "/admin/messages/"}, "cus_": {Label: "Open the customer", Href: "/admin/customers/"}, "imp_": {Label: "Open the import", Href: importsPath + "/"},
	} {
		if strings.HasPrefix(e.Subject, prefix) {
			to.Href += e.Subject
			return to
		}
	}
	return nil
}

// placeNames are the names of all locations by id.
func (v *visit) placeNames() (map[string]string, error) {
	list, err := v.App.Store.Locations(v.ctx())
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(list))
	for _, l := range list {
		out[string(l.ID)] = l.Name
	}
	return out, nil
}

// locationNames writes the names of locations; everywhere where none is named.
func (v *visit) locationNames(ids []coupon.LocationID) (string, error) {
	if len(ids) == 0 {
		return "All", nil
	}
	names, err := v.placeNames()
	if err != nil {
		return "", err
	}
	var out []string
	for _, id := range ids {
		if n := names[string(id)]; n != "" {
			out = append(out, n)
		}
	}
	return strings.Join(out, ", "), nil
}
