package browser

import (
	"context"
	"fmt"
	"strings"

	"github.com/chromedp/chromedp"
)

// answer is what the finder says: a value, or why there is none yet.
type answer[T any] struct {
	Value   T
	Problem string
}

// ask calls a function of the finder until it answers without a problem. An
// error counts as a problem too: the page may just be going away.
func ask[T any](p *Page, function string, args ...any) T {
	p.t.Helper()
	var value T
	problem := p.until(p.Patience, func() string {
		a, err := once[T](p, function, args...)
		if err != nil {
			return err.Error()
		}
		value = a.Value
		return a.Problem
	})
	if problem != "" {
		p.t.Fatalf("%s %s: %s\nThe page shows:\n%s", function, quoteAll(args), problem, p.glance())
	}
	return value
}

func once[T any](p *Page, function string, args ...any) (answer[T], error) {
	ctx, cancel := context.WithTimeout(p.ctx, answers)
	defer cancel()
	expression := fmt.Sprintf("%s.%s(%s)", strings.TrimSpace(finder), function, quoteAll(args))
	return chromedp.Run(ctx, chromedp.Evaluate[answer[T]](expression))
}

func quoteAll(args []any) string {
	quoted := make([]string, len(args))
	for i, a := range args {
		quoted[i] = quote(a)
	}
	return strings.Join(quoted, ", ")
}

// glance is the page's text for an error message.
func (p *Page) glance() string {
	a, err := once[string](p, "text", "body")
	if err != nil {
		return err.Error()
	}
	const enough = 1500
	if len(a.Value) > enough {
		return a.Value[:enough] + " …"
	}
	return a.Value
}

// See waits until the page shows text, wherever it breaks its lines.
func (p *Page) See(text string) {
	p.t.Helper()
	ask[bool](p, "shows", text, true)
}

// Gone waits until the page does not show text.
func (p *Page) Gone(text string) {
	p.t.Helper()
	ask[bool](p, "shows", text, false)
}

// Shows reports whether the page shows text now.
func (p *Page) Shows(text string) bool {
	p.t.Helper()
	a, err := once[bool](p, "shows", text, true)
	return err == nil && a.Problem == ""
}

// Text returns the text of the first visible element that a CSS selector finds.
func (p *Page) Text(selector string) string {
	p.t.Helper()
	return ask[string](p, "text", selector)
}

// Texts returns the texts of all visible elements that a CSS selector finds
// now, such as the cells of a table.
func (p *Page) Texts(selector string) []string {
	p.t.Helper()
	return ask[[]string](p, "texts", selector)
}

// Value returns what is in the field with this label; of a select the chosen
// option's text, of a box "true" or "false".
func (p *Page) Value(label string) string {
	p.t.Helper()
	return ask[string](p, "value", label)
}

// URL returns the address of the page.
func (p *Page) URL() string {
	p.t.Helper()
	return ask[string](p, "address")
}

// Status returns the HTTP status that the page's document came with.
func (p *Page) Status() int { return p.watch.status() }

// Fetch gets a path of the page's site with the page's cookies, such as a
// download.
func (p *Page) Fetch(path string) (status int, body string) {
	p.t.Helper()
	type reply struct {
		Status int
		Body   string
	}
	expression := fmt.Sprintf("fetch(%s).then(async r => ({Status: r.status, Body: await r.text()}))", quote(path))
	var got reply
	p.call("fetching "+path, func(ctx context.Context) (err error) {
		got, err = chromedp.Run(ctx, chromedp.Evaluate[reply](expression, chromedp.EvalAwaitPromise))
		return err
	})
	return got.Status, got.Body
}
