package browser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/scriphq/scrip/test/browser"
)

func TestAudit(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, html, want string }{
		{"a good page", `<h1>Refill</h1><label>Amount <input placeholder="5.00"></label> <button>Save</button>`, ""},
		{"no heading", `<h2>Refill</h2>`, "0 <h1>"},
		{"two headings", `<h1>Refill</h1><h1>Coupons</h1>`, "2 <h1>"},
		{"too wide", `<h1>Refill</h1><div class=wide>coupons</div>`, "20 pixels too wide"},
		{"a field without a label", `<h1>Refill</h1><input>`, "no name"},
		{"a picture button without a word", `<h1>Refill</h1><button><svg></svg></button>`, "no name"},
		{"a picture without a text", `<h1>Refill</h1><img src="data:,">`, "no text instead"},
		{"an id used twice", `<h1 id=a>Refill</h1><p id=a>coupons</p>`, "another element has this id"},
		{"a reference to nothing", `<h1 aria-describedby=b>Refill</h1>`, "aria-describedby names nothing"},
		{"faint text", `<h1>Refill</h1><p class=faint>coupons</p>`, "contrast 2."},
		{"faint because half transparent", `<h1>Refill</h1><div class=veil><p>coupons</p></div>`, "contrast"},
		{"faint on one end of a gradient", `<h1>Refill</h1><p class=gradient>coupons</p>`, "contrast"},
		{"a faint placeholder", `<h1>Refill</h1><input class=hint aria-label=Amount placeholder=5.00>`, "contrast"},
		{"a faint but disabled button", `<h1>Refill</h1><button class=faint disabled>Save</button>`, ""},
		{"crowded targets", `<h1>Refill</h1><button class=dot>A</button><button class=dot>B</button>`, "pixels to hit"},
		{"a small target alone", `<h1>Refill</h1><button class=dot>A</button>`, ""},
	}
	page := ""
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><html lang=en><title>x</title><link rel=icon href="data:,"><style>
			html { background: #fff; color: #000 } body { margin: 0 } .wide { width: calc(100vw + 20px) } .faint { color: #999 } .veil { opacity: .3 }
			.gradient { background: linear-gradient(#fff, #333) } .hint::placeholder { color: #ccc } .dot { width: 12px; height: 12px; padding: 0 }
			</style><main>%s</main></html>`, page)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	b := browser.Start(t)
	for _, tt := range tests {
		page = tt.html
		got := failures(t, func(r testing.TB) { b.Open(r, "self-test", server.URL, browser.Light).Audit() })
		if (tt.want == "") != (got == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestScriptsOfTheTest(t *testing.T) {
	t.Parallel()
	url := site(t)
	p := browser.Start(t).Open(t, "self-test", url, browser.Light)
	if got := p.Eval("1 + 1"); got != "2" {
		t.Errorf("Eval: got %q, want 2", got)
	}
	p.Go(url + "/slow")
	p.Until("document.querySelector('h1').textContent === 'Reports'")
	p.Back()
	p.See("Refill coupons")
	got := failures(t, func(r testing.TB) {
		p := browser.Start(t).Open(r, "self-test-failures", url, browser.Light)
		p.Patience = 0
		p.Until("false")
	})
	if !strings.Contains(got, "false: it is not so") {
		t.Errorf("Until: got %q", got)
	}
}
