package ui_test

import (
	"strings"
	"testing"

	"github.com/scriphq/scrip/test/browser"
)

const (
	light, dark, phone = browser.Light, browser.Dark, browser.Phone
	escape             = "\u001b"
)

// TestGallery keeps a picture of every page in every variant and audits each.
func TestGallery(t *testing.T) {
	t.Parallel()
	b, url := browser.Start(t), gallery(t)
	for name := range pages(t) {
		t.Run(name, func(t *testing.T) {
			p := b.Open(t, "gallery", url+"/"+name, light)
			for _, v := range []browser.Variant{light, dark, phone} {
				p.Look(v)
				p.Picture(name)
				p.Audit()
			}
		})
	}
}

// TestGalleryOpen does the same with what shows only after a press: a menu, a
// filter, a dialog, the navigation of a phone.
func TestGalleryOpen(t *testing.T) {
	t.Parallel()
	b, url := browser.Start(t), gallery(t)
	for _, x := range []struct {
		name, page, press string
		variants          []browser.Variant
	}{
		{"open-narrow", "/refill", ".fold button", []browser.Variant{light, dark}},
		{"open-menu", "/refill", "button[popovertarget=m120771]", []browser.Variant{light, dark}},
		{"open-account", "/refill", ".me summary", []browser.Variant{light, dark}},
		{"open-filter", "/refill", ".bar details:last-of-type summary", []browser.Variant{light, dark}},
		{"open-fetched", "/customer", "a[href='/form']", []browser.Variant{light, dark}},
		{"open-sheet", "/refill", "button[popovertarget=nav]", []browser.Variant{phone}},
		{"open-phone-filter", "/refill", ".bar details:first-of-type summary", []browser.Variant{phone}},
		{"open-phone-dialog", "/refill", "a[data-dialog]", []browser.Variant{phone}},
		{"open-phone-menu", "/refill", "button[popovertarget=m120771]", []browser.Variant{phone}},
	} {
		t.Run(x.name, func(t *testing.T) {
			p := b.Open(t, "gallery", url+x.page, x.variants[0])
			p.ClickAt(x.press)
			for _, v := range x.variants {
				p.Look(v)
				p.Picture(x.name)
				p.Audit()
			}
		})
	}
}

func TestDialogs(t *testing.T) {
	t.Parallel()
	url := gallery(t)
	p := browser.Start(t).Open(t, "gallery-dialogs", url+"/refill", light)
	p.ClickAt("a[data-dialog=create]")
	if got := p.Eval("document.querySelector('#create').matches(':modal') + ' ' + document.activeElement.name"); got != "true description" {
		t.Errorf("the dialog on the page: %s", got)
	}
	p.Press(escape)
	p.Until("!document.querySelector('#create').open")

	p.Go(url + "/refill-create")
	p.Until("document.querySelector('#create').matches(':modal') && document.activeElement.name === 'amount'")

	p.Go(url + "/customer")
	p.ClickAt("a[href='/form']")
	p.Until("document.querySelector('dialog:modal h2')?.textContent === 'Generate code'")
	p.Allow("422") // a script gets this answer
	p.Fill("Amount", "10.005")
	p.ClickAt("dialog .main-action")
	p.Until("document.querySelector('dialog:modal #amount-error')?.textContent.trim() === 'Still too many decimals.'")
	if got := p.Eval("location.pathname + ' ' + document.querySelectorAll('dialog:modal [aria-busy=true]').length"); got != "/customer 0" {
		t.Errorf("after a mistake: %s", got)
	}
	p.Fill("Amount", "10.00")
	p.ClickAt("dialog .main-action")
	p.Until("location.pathname === '/refill' && document.title.startsWith('Refill Coupons') && !document.querySelector('dialog:modal')")
	p.Back()
	p.Until("document.title.startsWith('Mei Tan')")
}

func TestKeysAndMenus(t *testing.T) {
	t.Parallel()
	p := browser.Start(t).Open(t, "gallery-keys", gallery(t)+"/refill", light)
	p.Press("/")
	if got := p.Eval("document.activeElement.id"); got != "find" {
		t.Errorf("after / the focus is on %q", got)
	}
	p.Eval("document.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true, bubbles: true }))")
	p.Press("disc")
	if got := p.Text(".palette li[aria-selected=true] a"); got != "Discount Codes\nServices" {
		t.Errorf("the palette offers %q", got)
	}
	p.Press(escape)
	p.ClickAt("button[popovertarget=m120771]")
	if got := p.Eval("(() => { const m = document.querySelector('#m120771').getBoundingClientRect(), b = document.querySelector('[popovertarget=m120771]').getBoundingClientRect(); return m.right <= b.right + 1 && m.top >= b.bottom && m.top - b.bottom < 12; })()"); got != "true" {
		t.Error("the row menu does not stand below its button")
	}
	p.Press(escape)
	p.ClickAt(".me summary")
	p.ClickAt("button[name=theme][value=dark]")
	if got := p.Eval("document.documentElement.dataset.theme + ' ' + getComputedStyle(document.body).colorScheme"); got != "dark dark" {
		t.Errorf("the theme is %q", got)
	}
	p.ClickAt(".fold button")
	if got := p.Eval("document.querySelector('.side .label').checkVisibility()"); got != "false" {
		t.Error("the navigation did not fold")
	}
}

func TestRowsAndCopying(t *testing.T) {
	t.Parallel()
	p := browser.Start(t).Open(t, "gallery-rows", gallery(t)+"/gallery", light)
	if got := p.Eval("document.querySelector('#bulk').hidden"); got != "true" {
		t.Error("the bar of the ticked shows while nothing is ticked")
	}
	p.ClickAt("th.tick input")
	if got := p.Eval("document.querySelector('#bulk').hidden + ' ' + document.querySelector('[data-count]').textContent"); got != "false 5" {
		t.Errorf("after all were ticked: %s", got)
	}
	p.ClickAt("tr:first-child td .copy")
	p.Until("['Copied', 'Could not copy'].includes(document.querySelector('#said')?.textContent)")
}

// A row whose buttons have all gone from before its menu has the menu in the card's first
// line on a phone: below, it would stand in an empty one.
func TestTheMenuAloneOnAPhone(t *testing.T) {
	t.Parallel()
	p := browser.Start(t).Open(t, "gallery-menu-alone", gallery(t)+"/customer", light)
	const rows = `(() => {
		const box = (e) => e.getBoundingClientRect();
		return [...document.querySelectorAll('table[aria-label="Available discount codes"] tbody tr')].map((row) => {
			const acts = box(row.querySelector('.acts .acts')), lead = box(row.querySelector('.lead')), badge = box(row.querySelector('.badge .cell'));
			const rest = [...row.querySelectorAll('td:not(.acts)')].map(box), end = Math.max(...rest.map((b) => b.bottom));
			const first = acts.top < lead.bottom && acts.bottom > lead.top, clear = acts.left >= badge.right, close = box(row).bottom - end < 16;
			return [first && 'first line', acts.top >= end && 'below', clear && 'clear of the badge', close && 'nothing below the words'].filter(Boolean).join(', ');
		}).join('; ');
	})()`
	p.Look(phone)
	if got, want := p.Eval(rows), strings.Repeat("below; ", 3)+"first line, clear of the badge, nothing below the words"; got != want {
		t.Errorf("on a phone: %s, want %s", got, want)
	}
	p.ClickAt("button[popovertarget=malone]")
	p.Until("document.querySelector('#malone').matches(':popover-open')")
	p.Picture("open")
	p.Look(light)
	if got := p.Eval("[...document.querySelectorAll('td.acts')].every((e) => getComputedStyle(e).display === 'table-cell')"); got != "true" {
		t.Error("on a wide screen the menu does not stand in its column")
	}
}

func TestLivePartsMove(t *testing.T) {
	t.Parallel()
	url := gallery(t)
	p := browser.Start(t).Open(t, "gallery-live", url+"/refill", light)
	p.Eval("document.querySelector('.progress progress').value = 1")
	p.Until("document.querySelector('.progress progress').value === 64000")
	p.Go(url + "/voucher")
	p.Eval("document.querySelector('main').dataset.old = 'yes'")
	p.Until("document.querySelector('main').dataset.old === undefined")
}

func TestWithoutScripts(t *testing.T) {
	t.Parallel()
	url := gallery(t)
	p := browser.Start(t).Open(t, "gallery-no-script", url+"/refill", phone)
	p.ScriptOff()
	p.Reload()
	if got := p.Eval("[...document.querySelectorAll('.js-only')].filter((e) => e.checkVisibility()).length"); got != "0" {
		t.Errorf("%s parts that need scripts are shown", got)
	}
	p.ClickAt("button[popovertarget=nav]")
	if got := p.Text("#nav a[aria-current]"); got != "Refill Coupons" {
		t.Errorf("the navigation shows %q", got)
	}
	p.ClickAt(".sheet-head button")
	p.ClickAt(".bar details:first-of-type summary")
	if got := p.Eval("document.querySelector('details.drop[open] a').checkVisibility()"); got != "true" {
		t.Error("a filter does not open")
	}
	p.Go(url + "/refill-create")
	if got := p.Eval("document.querySelector('#create').open"); got != "true" {
		t.Error("a form with mistakes is not shown")
	}
}
