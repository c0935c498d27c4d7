package browser

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

const (
	patience = 30 * time.Second       // on a busy machine
	answers  = 5 * time.Second        // for one question; a page that hangs answers none
	interval = 25 * time.Millisecond  // between looks
	grace    = 120 * time.Millisecond // until a click has asked for another page
)

// finder is an expression whose value looks things up in the page.
//
//go:embed finder.js
var finder string

// Page is a tab in a profile of its own: pages share no cookies. Every method
// waits for what it needs and fails the test if it does not come.
type Page struct {
	// Patience is how long the page waits for what must appear.
	Patience time.Duration

	t       testing.TB
	ctx     context.Context
	journey string
	variant Variant
	watch   *watch
}

// Open shows a URL in a new page, which lives as long as t; journey names the
// folder of its screenshots.
func (b *Browser) Open(t testing.TB, journey, url string, v Variant) *Page {
	t.Helper()
	w := newWatch()
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(w.event))
	t.Cleanup(cancel)
	if err := begin(ctx, cancel); err != nil {
		t.Fatalf("opening a page: %v", err)
	}
	w.mainFrame(string(chromedp.FromContext(ctx).Target.TargetID))
	p := &Page{t: t, ctx: ctx, journey: journey, Patience: patience, watch: w}
	t.Cleanup(p.finish)
	p.call("focus", func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		return err
	})
	p.Look(v)
	p.Go(url)
	return p
}

// Go navigates to a URL and waits until it has loaded.
func (p *Page) Go(url string) {
	p.t.Helper()
	p.do("going to "+url, chromedp.Navigate(url))
}

// Reload loads the page again.
func (p *Page) Reload() {
	p.t.Helper()
	p.do("reloading", chromedp.Reload())
}

// Back goes to the page before, which the browser may have kept as it was.
func (p *Page) Back() {
	p.t.Helper()
	p.watch.expect()
	p.Eval("history.back()")
	p.settle()
}

// Look changes how the page is looked at, without loading it again.
func (p *Page) Look(v Variant) {
	p.t.Helper()
	p.do("resizing", v.screen(v.size()))
	p.call("colours", func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{
				{Name: "prefers-color-scheme", Value: v.scheme()},
				{Name: "prefers-reduced-motion", Value: "reduce"}, // pictures of the end, not of the way
			},
		})
		return err
	})
	p.variant = v
}

// ScriptOff makes the page run without JavaScript from its next load on.
func (p *Page) ScriptOff() {
	p.t.Helper()
	p.call("turning scripts off", func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	})
}

// Click clicks the one visible link, button or label that is called name.
// While a modal dialog is open, only its inside counts.
func (p *Page) Click(name string) {
	p.t.Helper()
	p.click("point", name, "")
}

// ClickIn is Click within the smallest row, item or section that shows text.
func (p *Page) ClickIn(text, name string) {
	p.t.Helper()
	p.click("point", name, text)
}

// ClickAt clicks the one visible element that a CSS selector finds.
func (p *Page) ClickAt(selector string) {
	p.t.Helper()
	p.click("pointAt", selector)
}

func (p *Page) click(find string, args ...any) {
	p.t.Helper()
	at := ask[struct{ X, Y float64 }](p, find, args...)
	p.watch.expect()
	p.do("clicking "+fmt.Sprint(args...), chromedp.MouseClickXY(at.X, at.Y))
	p.settle()
}

// Fill types value into the field with this label in place of what is there;
// of a select it chooses the option with this text, into a date it puts 2006-01-02.
func (p *Page) Fill(label, value string) {
	p.t.Helper()
	if typed := ask[bool](p, "fill", label, value); !typed {
		return
	}
	if value == "" {
		p.Press("\b")
		return
	}
	p.call("typing into "+label, func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, input.InsertText, input.InsertTextParams{Text: value})
		return err
	})
}

// Upload puts the file at path into the file field with this label.
func (p *Page) Upload(label, path string) {
	p.t.Helper()
	ask[bool](p, "field", label)
	at := fmt.Sprintf("%s.control(%s)", strings.TrimSpace(finder), quote(label))
	p.do("choosing a file for "+label, chromedp.SetUploadFiles(chromedp.JSPath(at), []string{path}, chromedp.NodeReady))
}

// Press sends keys to what has the focus: "\t", "\r" (Enter), "\u001b" (Escape), text.
func (p *Page) Press(keys string) {
	p.t.Helper()
	p.watch.expect()
	p.do("pressing keys", chromedp.KeyEvent(keys))
	p.settle()
}

// settle waits for the page that the last click or key has asked for, if it
// asked for one: the browser says so a moment later.
func (p *Page) settle() {
	p.t.Helper()
	p.until(grace, func() string {
		if p.watch.asked() {
			return ""
		}
		return "nothing was asked for"
	})
	if problem := p.until(p.Patience, p.watch.loading); problem != "" {
		p.t.Fatal(problem)
	}
}

// finish is the page's last word: what it complained about fails the test,
// and of a failed test the last screen is kept.
func (p *Page) finish() {
	p.t.Helper()
	if p.t.Failed() {
		p.picture("failed", answers)
	}
	once[bool](p, "shows", "", true) // what was logged before this has now arrived
	for _, problem := range p.watch.problems() {
		p.t.Errorf("%s: %s", p.journey, problem)
	}
}

// Allow lets the page log errors that contain text, such as a refusal that
// the test provokes by a script of the page.
func (p *Page) Allow(text string) { p.watch.allow(text) }

func (p *Page) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	p.call(what, func(ctx context.Context) error { return chromedp.Do(ctx, steps...) })
}

func (p *Page) call(what string, f func(ctx context.Context) error) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, p.Patience)
	defer cancel()
	if err := f(ctx); err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
}

// until looks until look has no problem left, and returns the last one.
func (p *Page) until(limit time.Duration, look func() (problem string)) string {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	end := time.After(limit)
	for {
		problem := look()
		if problem == "" {
			return ""
		}
		select {
		case <-end:
			return problem
		case <-tick.C:
		}
	}
}

func quote(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings and numbers only
	}
	return string(b)
}
