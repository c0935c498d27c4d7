package admin_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/store/storetest"
	"github.com/scriphq/scrip/test/browser"
)

// underAMinute is how many presses and typed fields an agent makes in a minute, at four
// seconds each with what has to be read in between.
const underAMinute = 15

// story is an agent's browser that counts what the agent does.
type story struct {
	*browser.Page
	steps int
}

func (s *story) Click(name string)         { s.steps++; s.Page.Click(name) }
func (s *story) ClickIn(text, name string) { s.steps++; s.Page.ClickIn(text, name) }
func (s *story) ClickAt(selector string)   { s.steps++; s.Page.ClickAt(selector) }
func (s *story) Fill(label, value string)  { s.steps++; s.Page.Fill(label, value) }
func (s *story) Press(keys string)         { s.steps++; s.Page.Press(keys) }

// tells lets an agent, who has just signed in, work through a story on both databases.
func tells(t *testing.T, name string, tell func(s *story, d *desk, c codesOfMei)) {
	t.Helper()
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		d := filled(t, url)
		c := d.troubles()
		d.reachable(true)
		srv := httptest.NewServer(d.site)
		t.Cleanup(srv.Close)
		s := &story{Page: d.signedIn(browser.Start(t), srv.URL, "story-"+name, coupon.Support, browser.Light)}
		s.Page.Click("Customers")
		tell(s, d, c)
		if s.steps > underAMinute {
			t.Errorf("%d steps take an agent longer than a minute", s.steps)
		}
	})
}

// finds opens the customer's Discount Codes tab.
func (s *story) finds(typed string) {
	s.Fill("Name, e-mail, mobile, id, code", typed)
	s.Press("\r")
	s.See("Clear all") // the list has become what was searched for; the customer stood there before
	s.ClickAt(`a[title="Customer profile"]`)
	s.See("Send SMS") // the profile opens on Activity
	s.ClickAt(`main a[href$="/codes"]`)
	s.See("Past Discount Codes")
}

func rowOf(t testing.TB, p *browser.Page, x app.Issued) string {
	t.Helper()
	for _, row := range p.Texts("tbody tr") {
		if strings.Contains(row, tail(x)) {
			return strings.ReplaceAll(strings.Join(strings.Fields(row), " "), "\u2060", "")
		}
	}
	t.Fatalf("there is no row of %s", tail(x))
	return ""
}

// DC-23: "My code does not work": used, deleted by whom and why, expired, not begun; and why
// one that looks good was refused at the checkout, on the order it was refused on.
func TestStoryUnusableCode(t *testing.T) {
	tells(t, "unusable", func(s *story, d *desk, c codesOfMei) {
		try := coupon.Refusal{ID: "rfs_story", Reason: "minimum_not_met", Voucher: c.lost.Voucher.ID, Tail: c.lost.Voucher.Tail, Customer: d.mei.ID, At: d.clock(), By: coupon.Actor{Kind: "key", Name: "web shop"},
			Order:  &coupon.Order{Currency: "SGD", Shipping: 500, Lines: []coupon.Line{{ID: "l1", Product: "mug", Quantity: 3, UnitPrice: 950}}},
			Checks: []coupon.CheckResult{{Check: "gives", Reason: "not_applicable", Text: "Nothing in this order gets a discount by this voucher."}}}
		ok(d.t, d.app.Store.SaveRefusals(d.t.Context(), []coupon.Refusal{try}))
		s.finds("mei.tan@example.com")
		for x, words := range map[*app.Issued][]string{
			&c.used: {"Used 21 Nov 2026 16:06", "A-1042", "1 of 1 used"}, &c.deleted: {"Deleted", "by Priya Nair", "“promised in the chat by mistake”"},
			&c.expired: {"Expired", "never used"}, &c.void: {"Voided", "“campaign ended early”"}, &c.later: {"Scheduled", "From "},
		} {
			for _, w := range words {
				if row := rowOf(d.t, s.Page, *x); !strings.Contains(row, w) {
					d.t.Errorf("the row lacks %q: %s", w, row)
				}
			}
		}
		s.Pictures("1-rows")
		s.ClickIn(tail(c.lost), "More")
		s.See("Event data")
		s.steps++ // pressed by script: the finder scrolls, and the open menu moves away under it
		s.Eval(`document.querySelector('a[href$="` + string(c.lost.Voucher.ID) + `/explain"]').click()`)
		s.See("Nothing speaks against it so far")
		s.See("The order of the try that was refused on")
		s.Pictures("2-explain")
		s.Click("Explain")
		s.See("It could not be used like this now")
		s.See("Nothing in this order gets a discount")
		s.Fill("Collections", "beans")
		s.Press("\r")
		s.See("It could be used now")
		s.Pictures("3-with-beans")
		s.Audit()
	})
}

// DC-24: "It takes off SGD 10.00, I was promised 10 %".
func TestStoryWrongValue(t *testing.T) {
	tells(t, "wrong-value", func(s *story, d *desk, c codesOfMei) {
		s.finds("M-20418")
		if row := rowOf(d.t, s.Page, c.wrong); !strings.Contains(row, "SGD 10.00 off Fixed amount off") {
			d.t.Errorf("the row leaves in doubt what it is worth: %s", row)
		}
		s.ClickIn(tail(c.wrong), "Replace")
		s.Fill("Type", "Percentage off")
		s.Fill("Value", "10")
		s.See("The customer gets 10 % off instead of SGD 10.00 off.")
		s.Fill("Reason", "10 % was promised")
		s.Pictures("1-replace")
		s.Click("Replace")
		s.See("replaced by")
		if row := rowOf(d.t, s.Page, c.wrong); !strings.Contains(row, "Deleted") || !strings.Contains(row, "“10 % was promised”") {
			d.t.Errorf("the old one is not told of: %s", row)
		}
		s.See("replaces ")
		s.Pictures("2-replaced")
	})
}

// DC-25: "I have not received my code": the message failed, so the code goes out by SMS.
func TestStoryCodeNotReceived(t *testing.T) {
	tells(t, "not-received", func(s *story, d *desk, c codesOfMei) {
		s.finds("9123 4567")
		if row := rowOf(d.t, s.Page, c.lost); !strings.Contains(row, "E-mail failed") || !strings.Contains(row, "550 mailbox full") {
			d.t.Errorf("the row does not say that the message failed: %s", row)
		}
		s.ClickIn(tail(c.lost), "Copy")
		s.Until(`document.getElementById("said")?.textContent === "Copied"`)
		s.Click("Activity")
		s.Click("Send SMS")
		s.Fill("Text", "Dear Mei, sorry for the wait. Your code: "+c.lost.Code)
		s.See("1 SMS")
		s.Pictures("1-sms")
		s.Click("Send SMS")
		s.See("waits in the Outbox")
		s.ClickAt(`main a[href$="/codes"]`)
		s.See("Past Discount Codes")
		if row := rowOf(d.t, s.Page, c.lost); !strings.Contains(row, "SMS queued") {
			d.t.Errorf("the row does not say that it went out again: %s", row)
		}
		s.Pictures("2-queued")
	})
}

// Explain without scripts: lines come and go, nothing typed is lost.
func TestExplainWithoutScripts(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := d.troubles()
	srv := httptest.NewServer(d.site)
	t.Cleanup(srv.Close)
	p := browser.Start(t).Open(t, "explain-no-script", "about:blank", browser.Phone)
	p.ScriptOff()
	p.Go(srv.URL + "/admin/sign-in")
	p.Fill("E-mail address", d.person[coupon.Support].Email)
	p.Fill("Password", password)
	p.Click("Sign in")
	p.Go(srv.URL + "/admin/vouchers/" + string(c.lost.Voucher.ID) + "/explain")
	p.Fill("Product", "shirt")
	p.Fill("Price of one (SGD)", "19,90")
	p.Click("Add a line")
	p.See("Line 2")
	p.ClickIn("Line 2", "Remove line 2")
	p.Fill("Collections", "beans")
	p.Fill("Shipping", "five")
	p.Allow("422")
	p.Click("Explain")
	p.See("Shipping: Write the amount in digits")
	p.Fill("Shipping", "5")
	p.Click("Explain")
	p.See("It could be used now")
	p.See("1.99")
	p.Picture("explained")
}
