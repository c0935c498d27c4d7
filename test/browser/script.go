package browser

import (
	"context"
	_ "embed"
	"strings"

	"github.com/chromedp/chromedp"
)

// audit is an expression whose value lists what would keep people out.
//
//go:embed audit.js
var audit string

// Eval returns what a JavaScript expression is now, as text: for what has no
// words on the screen.
func (p *Page) Eval(expression string) string {
	p.t.Helper()
	var got string
	p.call(expression, func(ctx context.Context) (err error) {
		got, err = chromedp.Run(ctx, chromedp.Evaluate[string]("String("+expression+")"))
		return err
	})
	return got
}

// Until waits until a JavaScript expression is true, on this page or the next.
func (p *Page) Until(expression string) {
	p.t.Helper()
	problem := p.until(p.Patience, func() string {
		ctx, cancel := context.WithTimeout(p.ctx, answers)
		defer cancel()
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("Boolean("+expression+")"))
		if err != nil {
			return err.Error()
		}
		if !ok {
			return "it is not so"
		}
		return ""
	})
	if problem != "" {
		p.t.Fatalf("%s: %s\nThe page shows:\n%s", expression, problem, p.glance())
	}
}

// Audit fails the test for whatever of the page, as it is looked at now, would
// keep someone out: what has no name, is hard to read or to hit, or does not fit.
func (p *Page) Audit() {
	p.t.Helper()
	for _, problem := range p.flaws() {
		p.t.Errorf("%s, %s: %s", p.URL(), p.variant, problem)
	}
}

func (p *Page) flaws() []string {
	p.t.Helper()
	var found []string
	p.call("the audit", func(ctx context.Context) (err error) {
		found, err = chromedp.Run(ctx, chromedp.Evaluate[[]string](strings.TrimSpace(audit)))
		return err
	})
	return found
}
