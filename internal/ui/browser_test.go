package ui_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/scriphq/scrip/internal/ui"
)

// browser is a headless browser looking at the gallery.
type browser struct {
	ctx context.Context
	url string
}

func gallery(t *testing.T) browser {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		t.Skip("no chromium here")
	}
	mux := http.NewServeMux()
	mux.Handle("/", site(t))
	mux.HandleFunc("POST /admin/refill", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("amount") == "10.005" {
			w.WriteHeader(http.StatusUnprocessableEntity)
			_ = around(ui.Layout(shell("Generate code", "")), around(ui.FormPage{Title: "Generate code"}.With(), createForm(map[string]string{"amount": "Still too many decimals."}))).Render(r.Context(), w)
			return
		}
		http.Redirect(w, r, "/refill", http.StatusSeeOther)
	})
	version := "3"
	mux.HandleFunc("/live", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"version":%q}`, version)
		version = "4"
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return browser{startBrowser(t), srv.URL}
}

// do runs script in the tab and returns what it says; a promise is waited for.
func do(t testing.TB, tab context.Context, script string) string {
	t.Helper()
	got, err := chromedp.Run(tab, chromedp.Evaluate[string]("String("+script+")"))
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	return got
}

// wait waits until script is true, also across pages.
func wait(t testing.TB, tab context.Context, script string) {
	t.Helper()
	var last error
	for range 200 {
		ok, err := chromedp.Run(tab, chromedp.Evaluate[bool]("Boolean("+script+")"))
		if ok {
			return
		}
		last = err
		must(t, chromedp.Do(tab, chromedp.Sleep(50*time.Millisecond)))
	}
	t.Fatalf("never true: %s (%v)", script, last)
}

// press clicks the middle of the first element that matches, which also works without scripts.
func press(t testing.TB, tab context.Context, selector string) {
	t.Helper()
	var x, y float64
	at := do(t, tab, `(() => { const e = document.querySelector('`+selector+`'); e.scrollIntoView({ block: 'center' }); const r = e.getBoundingClientRect(); return (r.x + r.width / 2) + ' ' + (r.y + r.height / 2); })()`)
	if _, err := fmt.Sscan(at, &x, &y); err != nil {
		t.Fatalf("%s: %v", selector, err)
	}
	must(t, chromedp.Do(tab, chromedp.MouseClickXY(x, y)))
}

func (b browser) open(t *testing.T, path string, width int64) context.Context {
	t.Helper()
	tab := newTab(t, b.ctx, width, "light")
	must(t, chromedp.Do(tab, func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
			Source: `window.broken = []; addEventListener('securitypolicyviolation', (e) => broken.push(e.violatedDirective + ' ' + e.blockedURI)); addEventListener('error', (e) => broken.push(e.message));`,
		})
		return chromedp.Void{}, err
	}, chromedp.Navigate(b.url+path)))
	wait(t, tab, `document.readyState === 'complete'`)
	return tab
}

// nameless lists what a listener could not tell apart: controls without a name, pictures without a text.
const nameless = `(() => {
  const name = (e) => e.getAttribute('aria-label') || [...(e.labels ?? [])].map((l) => l.textContent.trim()).join('') || e.title || e.textContent.trim() || (e.getAttribute('aria-labelledby') ?? '');
  return [...document.querySelectorAll('input:not([type=hidden]), select, textarea, button, a[href], summary, [role=img], dialog, nav, table')]
    .filter((e) => !name(e)).map((e) => e.outerHTML.slice(0, 120)).join('\n');
})()`

func TestPagesFitAndHaveNames(t *testing.T) {
	b := gallery(t)
	for name := range pages(t) {
		for _, width := range []int64{1280, 390} {
			tab := b.open(t, "/"+name, width)
			if got := do(t, tab, `document.documentElement.scrollWidth - innerWidth`); got != "0" && !strings.HasPrefix(got, "-") {
				t.Errorf("%s at %d is %s pixels too wide", name, width, got)
			}
			if got := do(t, tab, `broken.join('; ')`); got != "" {
				t.Errorf("%s: %s", name, got)
			}
			if got := do(t, tab, nameless); got != "" {
				t.Errorf("%s has parts without a name:\n%s", name, got)
			}
			if got := do(t, tab, `document.querySelectorAll('main').length + ' ' + document.querySelectorAll('h1').length`); got != "1 1" && name != "form" {
				t.Errorf("%s: mains and first headings: %s", name, got)
			}
		}
	}
}

func TestDialogs(t *testing.T) {
	b := gallery(t)
	tab := b.open(t, "/refill", 1280)
	press(t, tab, `a[data-dialog=create]`)
	if got := do(t, tab, `document.querySelector('#create').matches(':modal') + ' ' + document.activeElement.name`); got != "true description" {
		t.Errorf("the dialog on the page: %s", got)
	}
	must(t, chromedp.Do(tab, chromedp.KeyEvent("\u001b")))
	wait(t, tab, `!document.querySelector('#create').open`)

	tab = b.open(t, "/refill-create", 1280)
	wait(t, tab, `document.querySelector('#create').matches(':modal') && document.activeElement.name === 'amount'`)

	tab = b.open(t, "/customer", 1280)
	press(t, tab, `a[href="/form"]`)
	wait(t, tab, `document.querySelector('dialog:modal h2')?.textContent === 'Generate code'`)
	press(t, tab, `dialog:modal .main-action`)
	wait(t, tab, `document.querySelector('dialog:modal #amount-error')?.textContent.trim() === 'Still too many decimals.'`)
	if got := do(t, tab, `location.pathname + ' ' + document.querySelectorAll('dialog:modal [aria-busy=true]').length`); got != "/customer 0" {
		t.Errorf("after a mistake: %s", got)
	}
	do(t, tab, `document.querySelector('dialog:modal #amount').value = '10.00'`)
	press(t, tab, `dialog:modal .main-action`)
	wait(t, tab, `location.pathname === '/refill' && document.title.startsWith('Refill Coupons') && !document.querySelector('dialog:modal')`)
	must(t, chromedp.Do(tab, chromedp.NavigateBack()))
	wait(t, tab, `document.title.startsWith('Mei Tan')`)
}

func TestKeysAndMenus(t *testing.T) {
	b := gallery(t)
	tab := b.open(t, "/refill", 1280)
	must(t, chromedp.Do(tab, chromedp.KeyEvent("/")))
	if got := do(t, tab, `document.activeElement.id`); got != "find" {
		t.Errorf("after / the focus is on %q", got)
	}
	do(t, tab, `document.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true, bubbles: true }))`)
	must(t, chromedp.Do(tab, chromedp.SendKeys(`dialog.palette input`, "disc")))
	if got := do(t, tab, `document.querySelector('.palette li[aria-selected=true]').textContent`); got != "Discount CodesServices" {
		t.Errorf("the palette offers %q", got)
	}
	must(t, chromedp.Do(tab, chromedp.KeyEvent("\u001b")))
	press(t, tab, `button[popovertarget=m120771]`)
	if got := do(t, tab, `(() => { const m = document.querySelector('#m120771').getBoundingClientRect(), b = document.querySelector('[popovertarget=m120771]').getBoundingClientRect(); return m.right <= b.right + 1 && m.top >= b.bottom && m.top - b.bottom < 12; })()`); got != "true" {
		t.Error("the row menu does not stand below its button")
	}
	press(t, tab, `.me summary`)
	press(t, tab, `button[name=theme][value=dark]`)
	if got := do(t, tab, `document.documentElement.dataset.theme + ' ' + getComputedStyle(document.body).colorScheme`); !strings.HasPrefix(got, "dark") {
		t.Errorf("the theme is %q", got)
	}
	press(t, tab, `.fold button`)
	if got := do(t, tab, `document.querySelector('.side .label').checkVisibility()`); got != "false" {
		t.Error("the navigation did not fold")
	}
	if got := do(t, tab, `broken.join('; ')`); got != "" {
		t.Error(got)
	}
}

func TestRowsAndCopying(t *testing.T) {
	b := gallery(t)
	tab := b.open(t, "/gallery", 1280)
	if got := do(t, tab, `document.querySelector('#bulk').hidden`); got != "true" {
		t.Error("the bar of the ticked shows while nothing is ticked")
	}
	press(t, tab, `th.tick input`)
	if got := do(t, tab, `document.querySelector('#bulk').hidden + ' ' + document.querySelector('[data-count]').textContent`); got != "false 5" {
		t.Errorf("after all were ticked: %s", got)
	}
	press(t, tab, `td .copy`)
	wait(t, tab, `['Copied', 'Could not copy'].includes(document.querySelector('#said')?.textContent)`)
}

func TestLivePartsMove(t *testing.T) {
	b := gallery(t)
	tab := b.open(t, "/refill", 1280)
	do(t, tab, `document.querySelector('.progress progress').value = 1`)
	wait(t, tab, `document.querySelector('.progress progress').value === 64000`)
	tab = b.open(t, "/voucher", 390)
	do(t, tab, `document.querySelector('main').dataset.old = 'yes'`)
	wait(t, tab, `document.querySelector('main').dataset.old === undefined`)
}

func TestWithoutScripts(t *testing.T) {
	b := gallery(t)
	tab := newTab(t, b.ctx, 390, "light")
	must(t, chromedp.Do(tab, func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return chromedp.Void{}, err
	}, chromedp.Navigate(b.url+"/refill"), chromedp.Sleep(100*time.Millisecond)))
	if got := do(t, tab, `[...document.querySelectorAll('.js-only')].filter((e) => e.checkVisibility()).length`); got != "0" {
		t.Errorf("%s parts that need scripts are shown", got)
	}
	press(t, tab, `button[popovertarget=nav]`)
	if got := do(t, tab, `document.querySelector('#nav a[aria-current]').checkVisibility()`); got != "true" {
		t.Error("the navigation does not open")
	}
	press(t, tab, `.sheet-head button`)
	press(t, tab, `details.drop summary.chip`)
	if got := do(t, tab, `document.querySelector('details.drop[open] a').checkVisibility()`); got != "true" {
		t.Error("a filter does not open")
	}
	must(t, chromedp.Do(tab, chromedp.Navigate(b.url+"/refill-create")))
	if got := do(t, tab, `document.querySelector('#create').open`); got != "true" {
		t.Error("a form with mistakes is not shown")
	}
}
