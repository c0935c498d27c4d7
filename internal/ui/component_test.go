package ui_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/ui"
)

func render(t testing.TB, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPagesKeepThePolicy(t *testing.T) {
	t.Parallel()
	sprite, err := os.ReadFile("static/icons.svg")
	if err != nil {
		t.Fatal(err)
	}
	inline := regexp.MustCompile(`(?i)<[^>]*\s(style|on\w+)=|<style|javascript:|<script(?:>| [^>]*>[^<])`)
	icon, id := regexp.MustCompile(`icons\.svg#([\w-]+)`), regexp.MustCompile(` id="([^"]*)"`)
	for name, page := range pages(t) {
		html := render(t, page)
		if m := inline.FindString(html); m != "" {
			t.Errorf("%s has inline code: %s", name, m)
		}
		for _, m := range icon.FindAllStringSubmatch(html, -1) {
			if !strings.Contains(string(sprite), `id="`+m[1]+`"`) {
				t.Errorf("%s: the sprite has no icon %q", name, m[1])
			}
		}
		seen := map[string]bool{}
		for _, m := range id.FindAllStringSubmatch(html, -1) {
			if seen[m[1]] && name != "gallery" {
				t.Errorf("%s has two elements with the id %q", name, m[1])
			}
			seen[m[1]] = true
		}
	}
}

func TestWhatPeopleTypedIsEscaped(t *testing.T) {
	t.Parallel()
	const evil = `"><script>alert(1)</script>`
	for name, c := range map[string]templ.Component{
		"field":   ui.Field{Label: evil, Name: "n", Value: evil, Hint: evil, Error: evil},
		"area":    ui.Textarea{Label: "L", Name: "n", Value: evil},
		"select":  ui.Select{Label: "L", Name: "n", Value: evil, Options: []ui.Option{{Value: evil, Label: evil, Group: evil}}},
		"status":  ui.Status{Word: evil, Title: evil},
		"json":    ui.JSON{Text: `{"` + evil + `": "` + evil + `"}`},
		"rubbish": ui.JSON{Text: evil},
		"copy":    ui.Copy{Text: evil},
		"history": ui.History{{Title: evil, By: evil, Quote: evil, Event: evil}},
		"link":    ui.Link{Label: evil, Href: "javascript:alert(1)", Main: true},
		"chart":   ui.BarChart{Label: evil, Bars: []ui.Bar{{Label: evil, Value: 1, Text: evil}}},
		"filter":  ui.FilterBar{Path: "/x", Query: url.Values{"q": {evil}, "a": {evil}}, Search: "q", Filters: []ui.Filter{{Name: "a", Label: evil, Options: []ui.Option{{Value: "1", Label: evil}}}}},
	} {
		if html := render(t, c); strings.Contains(html, "<script") || strings.Contains(html, "javascript:") {
			t.Errorf("%s lets a script through: %s", name, html)
		}
	}
}

func TestFieldTellsItsError(t *testing.T) {
	t.Parallel()
	html := render(t, ui.Field{Label: "Amount", Name: "amount", Value: "10.005", Hint: "In SGD", Error: "At most two decimals.", InputMode: "decimal", MaxLength: 12})
	for _, want := range []string{`<label for="amount">`, `value="10.005"`, `aria-invalid="true"`, `aria-describedby="amount-hint amount-error"`, `id="amount-error"`, "At most two decimals.", `inputmode="decimal"`, `maxlength="12"`, " required"} {
		if !strings.Contains(html, want) {
			t.Errorf("%s is missing in %s", want, html)
		}
	}
	if html := render(t, ui.Field{Label: "Password", Name: "p", Type: "password", Value: "secret"}); strings.Contains(html, "secret") {
		t.Error("a password was shown again")
	}
	if html := render(t, ui.Field{Label: "Memo", Name: "m", Optional: true}); strings.Contains(html, "required") || !strings.Contains(html, "optional") {
		t.Errorf("an optional field: %s", html)
	}
}

func TestErrorsLinkToTheirFields(t *testing.T) {
	t.Parallel()
	fields := fault.Fields{"amount": "Too much.", "prefix": "Digits only.", "z": "Something else."}
	e := ui.ErrorsOf(fields, ui.Pair{Name: "prefix", Value: "Start Prefix"}, ui.Pair{Name: "quantity", Value: "Quantity"}, ui.Pair{Name: "amount", Value: "Amount"})
	if len(e.Items) != 3 || e.Items[0].ID != "prefix" || e.Items[1].ID != "amount" || e.Items[2].ID != "" {
		t.Errorf("got %+v", e.Items)
	}
	if html := render(t, e); !strings.Contains(html, `<a href="#prefix">Start Prefix</a>`) || !strings.Contains(html, `role="alert"`) {
		t.Errorf("got %s", html)
	}
	if html := render(t, ui.Errors{}); strings.TrimSpace(html) != "" {
		t.Errorf("nothing wrong says %s", html)
	}
}

func TestFilterBarKeepsTheOtherFilters(t *testing.T) {
	t.Parallel()
	bar := ui.FilterBar{Path: "/v", Query: url.Values{"used": {"true"}, "q": {"mei"}, "after": {"cursor"}, "from": {"2026-11-01"}, "to": {"2026-11-21"}}, Search: "q", Filters: []ui.Filter{
		{Name: "used", Label: "Used?", Options: []ui.Option{{Value: "true", Label: "yes"}}},
		{Name: "state", Label: "State", Options: []ui.Option{{Value: "active", Label: "Active"}}},
		{Label: "Date", Inputs: []ui.Field{{Name: "from"}, {Name: "to"}}},
	}}
	html := render(t, bar)
	for _, want := range []string{
		`href="/v?from=2026-11-01&amp;q=mei&amp;to=2026-11-21"`, // clears Used?
		`href="/v?from=2026-11-01&amp;q=mei&amp;state=active&amp;to=2026-11-21&amp;used=true"`,
		"Used?: yes", "Date: 2026-11-01 – 2026-11-21", `href="/v?q=mei&amp;used=true"`, `href="/v"`,
		`<input type="hidden" name="used" value="true">`,
	} {
		if !strings.Contains(html, want) {
			t.Errorf("%s is missing in %s", want, html)
		}
	}
	if strings.Contains(html, "cursor") {
		t.Error("a filter kept the place among the pages")
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	c := clock(t)
	for ago, want := range map[time.Duration]string{
		0: "just now", 44 * time.Second: "just now", time.Minute: "1 min ago", 59 * time.Minute: "59 min ago", 90 * time.Minute: "2 h ago",
		24 * time.Hour: "1 day ago", 49 * time.Hour: "2 days ago", 70 * 24 * time.Hour: "2 months ago", 800 * 24 * time.Hour: "2 years ago",
		-10 * time.Second: "in a moment", -72 * time.Hour: "in 3 days",
	} {
		if got := c.Ago(c.Now.Add(-ago)); got != want {
			t.Errorf("%v: got %q, want %q", ago, got, want)
		}
	}
	html := render(t, c.At(at(21, 16, 41)))
	for _, want := range []string{`datetime="2026-11-21T08:41:07Z"`, "21 Nov 2026 16:41", "4 min ago", "16:41:07 Asia/Singapore (UTC+8)"} {
		if !strings.Contains(html, want) {
			t.Errorf("%s is missing in %s", want, html)
		}
	}
	if got := c.At(time.Time{}).String(); got != "—" {
		t.Errorf("never is %q", got)
	}
	if got := c.ZoneName(); got != "UTC+8" {
		t.Errorf("the zone is called %q", got)
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	if got := (ui.Clock{Now: c.Now, Zone: berlin}).ZoneName(); got != "CET" {
		t.Errorf("Berlin's zone is called %q", got)
	}
}

func TestTableLabelsItsCells(t *testing.T) {
	t.Parallel()
	table := ui.Table{Columns: []ui.Column{{Label: "Number", Lead: true}, {Label: "Amount", Num: true}}, Rows: []ui.Row{{Key: "v1", Name: "2051", Cells: []templ.Component{ui.Code{Text: "2051"}, ui.Amount("-1.00")}}}, Pick: "voucher", Bulk: "bulk"}
	html := render(t, table)
	for _, want := range []string{`data-label="Amount"`, `class="num"`, `class="neg"`, `name="voucher" value="v1" form="bulk" aria-label="2051"`, `scope="col"`} {
		if !strings.Contains(html, want) {
			t.Errorf("%s is missing in %s", want, html)
		}
	}
	table.Rows, table.Empty = nil, ui.Empty{Title: "No coupons yet"}
	if html := render(t, table); strings.Contains(html, "<table") || !strings.Contains(html, "No coupons yet") {
		t.Errorf("an empty table: %s", html)
	}
}

func TestJSONIsShownWhole(t *testing.T) {
	t.Parallel()
	html := render(t, ui.JSON{Text: `{"a":[1,-2.5e3,true,null,"x\"y"],"b":{}}`})
	for _, want := range []string{`<span class="k">&#34;a&#34;</span>`, `<span class="n">-2.5e3</span>`, `<span class="w">true</span>`, `<span class="s">&#34;x\&#34;y&#34;</span>`} {
		if !strings.Contains(html, want) {
			t.Errorf("%s is missing in %s", want, html)
		}
	}
}

func TestPreferences(t *testing.T) {
	t.Parallel()
	p := ui.Preferences{Catalogue: catalogue(t)}
	r := httptest.NewRequest("POST", ui.PreferencesPath, strings.NewReader("theme=dark&nav=narrow&language=ja&back=//evil.example"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	if err := p.Save(w, r); err != nil {
		t.Fatal(err)
	}
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/" {
		t.Errorf("got %d to %q", w.Code, w.Header().Get("Location"))
	}
	next := httptest.NewRequest("GET", "/", nil)
	next.Header.Set("Accept-Language", "fr")
	if p.Theme(next) != ui.Auto || p.Language(next).Code() != "fr" || p.Language(next, "xx", "de").Code() != "de" {
		t.Error("without cookies: want auto, the browser's language, and the preferred one before it")
	}
	for _, c := range w.Result().Cookies() {
		next.AddCookie(c)
	}
	if p.Theme(next) != ui.Dark || !p.Narrow(next) || p.Language(next, "de").Code() != "ja" {
		t.Errorf("with cookies: %s %v %s", p.Theme(next), p.Narrow(next), p.Language(next, "de").Code())
	}
}

func TestFlashes(t *testing.T) {
	t.Parallel()
	var f ui.Flashes
	w := httptest.NewRecorder()
	f.Put(w, httptest.NewRequest("POST", "/", nil), ui.Flash{Tone: ui.OK, Text: "5 coupons für Café|Bar"})
	r := httptest.NewRequest("GET", "/", nil)
	r.AddCookie(w.Result().Cookies()[0])
	w = httptest.NewRecorder()
	if got := f.Take(w, r); got != (ui.Flash{Tone: ui.OK, Text: "5 coupons für Café|Bar"}) {
		t.Errorf("got %+v", got)
	}
	if c := w.Result().Cookies(); len(c) != 1 || c[0].MaxAge != -1 {
		t.Errorf("it was not forgotten: %v", c)
	}
	for _, value := range []string{"%%%", "bm9waXBl", ""} {
		r := httptest.NewRequest("GET", "/", nil)
		r.AddCookie(&http.Cookie{Name: "flash", Value: value})
		if got := f.Take(httptest.NewRecorder(), r); got != (ui.Flash{}) {
			t.Errorf("%q became %+v", value, got)
		}
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	cause := fault.Of(errors.New("disk on fire"))
	for _, p := range []ui.Problem{ui.ProblemOf(cause, "req_1"), known(t, "de").Problem(cause, "req_1", "/")} {
		if html := render(t, p); !strings.Contains(html, "req_1") || strings.Contains(html, "disk") {
			t.Errorf("an internal fault: %s", html)
		}
	}
	if html := render(t, ui.ProblemOf(fault.New(fault.Forbidden, "forbidden", "Cashiers may not open this."), "req_1")); !strings.Contains(html, "Not for your role") || strings.Contains(html, "req_1") {
		t.Errorf("a forbidden page: %s", html)
	}
	w := httptest.NewRecorder()
	if err := ui.Manifest(w, "Harbour Coffee", "/"); err != nil || !strings.Contains(w.Body.String(), `"name":"Harbour Coffee"`) {
		t.Errorf("the manifest: %v %s", err, w.Body)
	}
}
