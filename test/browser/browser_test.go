package browser_test

import (
	"embed"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/scriphq/scrip/test/browser"
)

//go:embed testdata
var testdata embed.FS

const policy = "default-src 'self'; img-src 'self' data:"

// site serves the page of testdata; its pages are strict about scripts and styles.
func site(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	file := func(name string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", policy)
			http.ServeFileFS(w, r, testdata, "testdata/"+name)
		}
	}
	mux.HandleFunc("GET /{$}", file("form.html"))
	mux.HandleFunc("GET /page.css", file("page.css"))
	mux.HandleFunc("GET /page.js", file("page.js"))
	html := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", policy)
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.WriteHeader(status)
			io.WriteString(w, "<!doctype html><link rel=icon href='data:,'>"+body)
		}
	}
	mux.HandleFunc("POST /save", func(w http.ResponseWriter, r *http.Request) {
		r.ParseMultipartForm(1 << 20)
		html(http.StatusUnprocessableEntity, fmt.Sprintf("<p>Got %v</p><label>Quantity <input value='%s'></label>",
			[]string{r.FormValue("description"), r.FormValue("quantity"), r.FormValue("kind"), r.FormValue("until"), r.FormValue("bearer"), r.FormValue("q")},
			r.FormValue("quantity")))(w, r)
	})
	mux.HandleFunc("GET /slow", func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(300 * time.Millisecond):
		case <-r.Context().Done():
		}
		html(200, "<h1>Reports</h1>")(w, r)
	})
	mux.HandleFunc("GET /file.csv", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Disposition", "attachment")
		io.WriteString(w, "number\n1201\n")
	})
	mux.HandleFunc("GET /inline-style", html(200, "<p style='color:red'>red</p>"))
	mux.HandleFunc("GET /inline-script", html(200, "<script>document.title = 'x'</script><p>here</p>"))
	mux.HandleFunc("GET /outside", html(200, "<p>here</p><img src='https://cdn.example.com/x.png'>"))
	mux.HandleFunc("GET /missing", html(200, "<p>here</p><img src='/nowhere.png'>"))
	mux.HandleFunc("GET /never", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("GET /errors", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<link rel=icon href='data:,'><script>console.error('oh', 7); nothing.at.all; </script>")
	})
	mux.HandleFunc("GET /refused", html(403, "<h1>Not for your role</h1>"))
	mux.HandleFunc("GET /noscript", html(200, "<noscript><p>Without scripts.</p></noscript>"))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func TestFormByTheWordsOnTheScreen(t *testing.T) {
	t.Parallel()
	url := site(t)
	p := browser.Start(t).Open(t, "self-test", url+"/", browser.Light)
	p.See("Refill coupons")
	p.See("Used?")
	if got := p.Value("Description"); got != "old" {
		t.Errorf("Description: got %q, want old", got)
	}
	p.Fill("Description", "TESTING „ü“")
	p.Fill("Quantity", "five")
	p.Fill("Quantity", "")
	p.Fill("Quantity", "5")
	p.Fill("Kind", "Gift card")
	p.Fill("Valid until", "2026-12-31")
	p.Fill("Search", "x")
	p.Click("Anyone may use it")
	for label, want := range map[string]string{"Kind": "Gift card", "Quantity": "5", "Anyone may use it": "true"} {
		if got := p.Value(label); got != want {
			t.Errorf("%s: got %q, want %q", label, got, want)
		}
	}
	path := filepath.Join(t.TempDir(), "codes.csv")
	if err := os.WriteFile(path, []byte("code\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.Upload("File", path)
	if got := p.Value("File"); !strings.HasSuffix(got, "codes.csv") {
		t.Errorf("File: got %q, want codes.csv", got)
	}
	p.Click("Save")
	if got, want := p.Text("p"), "Got [TESTING „ü“ 5 g 2026-12-31 on x]"; got != want {
		t.Errorf("saved: got %q, want %q", got, want)
	}
	if got := p.Status(); got != http.StatusUnprocessableEntity {
		t.Errorf("status: got %d, want 422", got)
	}
	if got := p.URL(); got != url+"/save" {
		t.Errorf("address: got %q", got)
	}
}

func TestRowsDialogsAndLinks(t *testing.T) {
	t.Parallel()
	url := site(t)
	p := browser.Start(t).Open(t, "self-test", url, browser.Phone)
	if got, want := p.Texts("tr:nth-child(2) td"), []string{"12…01", "true", "Void"}; !slices.Equal(got, want) {
		t.Errorf("row: got %q, want %q", got, want)
	}
	p.ClickIn("12…02", "Void")
	p.See("Void 12…02?")
	p.Click("Void") // the one in the dialog: the rows are out of reach
	p.See("It is void.")
	p.Gone("Void 12…02?")
	if !p.Shows("The end.") || p.Shows("Void 12…02?") {
		t.Error("Shows does not agree with See and Gone")
	}
	p.Click("End")
	p.ClickAt("nav a[href='/slow']")
	if got := p.Text("h1"); got != "Reports" {
		t.Errorf("after the click the old page is still read: %q", got)
	}
	p.Go(url)
	p.Click("Export")
	p.Click("Home")
	p.Reload()
	p.ClickAt("#description")
	p.Press("ish")
	if got := p.Value("Description"); !strings.Contains(got, "ish") {
		t.Errorf("Description: got %q, want what was typed", got)
	}
	if status, body := p.Fetch("/file.csv"); status != 200 || body != "number\n1201\n" {
		t.Errorf("Fetch: got %d %q", status, body)
	}
}

func TestPictures(t *testing.T) {
	t.Parallel()
	p := browser.Start(t).Open(t, "self test", site(t), browser.Light)
	p.Pictures("1 form")
	sizes := map[string]int{"light": 1280, "dark": 1280, "phone": 390}
	corner := map[string]uint32{}
	for variant, width := range sizes {
		f, err := os.Open(filepath.Join("..", "screenshots", "self-test", "1-form-"+variant+".png"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		image, err := png.Decode(f)
		if err != nil {
			t.Fatal(err)
		}
		if got := image.Bounds().Dx(); got != width {
			t.Errorf("%s: got %d pixels, want %d", variant, got, width)
		}
		if got := image.Bounds().Dy(); got < 1300 {
			t.Errorf("%s: got %d pixels of height, want the whole page", variant, got)
		}
		corner[variant], _, _, _ = image.At(1, 1).RGBA()
	}
	if corner["light"] != 0xffff || corner["dark"] != 0 || corner["phone"] != 0xffff {
		t.Errorf("backgrounds: got %v, want white, black, white", corner)
	}
}

func TestWithoutScripts(t *testing.T) {
	t.Parallel()
	url := site(t)
	p := browser.Start(t).Open(t, "self-test", url, browser.Light)
	p.ScriptOff()
	p.Go(url + "/noscript")
	p.See("Without scripts.")
	p.Go(url)
	p.Fill("Quantity", "7")
	p.Click("Save")
	p.See("Got [old 7 r")
}

func TestPagesShareNoCookies(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		_, err := r.Cookie("seen")
		http.SetCookie(w, &http.Cookie{Name: "seen", Value: "1"})
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, "<link rel=icon href='data:,'><p>seen before: %v</p>", err == nil)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	b := browser.Start(t)
	admin := b.Open(t, "self-test", server.URL, browser.Light)
	admin.See("seen before: false")
	customer := b.Open(t, "self-test", server.URL, browser.Phone)
	customer.See("seen before: false")
	admin.Reload()
	admin.See("seen before: true")
}

// recorder is a test that may fail without failing this one.
type recorder struct {
	testing.TB
	errors   []string
	cleanups []func()
}

func (r *recorder) Helper()                   {}
func (r *recorder) Failed() bool              { return len(r.errors) > 0 }
func (r *recorder) Cleanup(f func())          { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Errorf(f string, a ...any) { r.errors = append(r.errors, fmt.Sprintf(f, a...)) }
func (r *recorder) Fatalf(f string, a ...any) { r.Errorf(f, a...); runtime.Goexit() }

// failures runs f as a test of its own and returns how it failed.
func failures(t *testing.T, f func(t testing.TB)) string {
	t.Helper()
	r := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(r)
	}()
	<-done
	for _, cleanup := range slices.Backward(r.cleanups) {
		cleanup()
	}
	return strings.Join(r.errors, "\n")
}

func TestComplaintsFailTheTest(t *testing.T) {
	t.Parallel()
	url, b := site(t), browser.Start(t)
	tests := []struct{ name, path, allow, want string }{
		{"a clean page", "/", "", ""},
		{"a refused document", "/refused", "", ""},
		{"an inline style", "/inline-style", "", "Content Security Policy"},
		{"an inline script", "/inline-script", "", "Content Security Policy"},
		{"an outside host", "/outside", "", "cdn.example.com"},
		{"a missing picture", "/missing", "", "404"},
		{"an allowed complaint", "/missing", "404", ""},
		{"a logged error", "/errors", "Reference", `console.error: "oh" 7`},
		{"an uncaught error", "/errors", "oh", "ReferenceError: nothing is not defined"},
	}
	for _, tt := range tests {
		got := failures(t, func(r testing.TB) {
			p := b.Open(r, "self-test", url+tt.path, browser.Light)
			p.Allow("no such text")
			if tt.allow != "" {
				p.Allow(tt.allow)
			}
		})
		if (tt.want == "") != (got == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestWhatDoesNotComeFailsTheTest(t *testing.T) {
	t.Parallel()
	url, b := site(t), browser.Start(t)
	tests := []struct {
		name string
		do   func(p *browser.Page)
		want string
	}{
		{"an absent text", func(p *browser.Page) { p.See("Bonus") }, "does not show it"},
		{"the error shows the page", func(p *browser.Page) { p.See("Reports of yesterday") }, "up to 200 characters"},
		{"a text that stays", func(p *browser.Page) { p.Gone("Refill coupons") }, "still shows it"},
		{"an absent button", func(p *browser.Page) { p.Click("Delete") }, `nothing visible is called "Delete"`},
		{"one of two buttons", func(p *browser.Page) { p.Click("Void") }, `2 visible things are called "Void"`},
		{"a disabled button", func(p *browser.Page) { p.Click("Later") }, "disabled"},
		{"an absent row", func(p *browser.Page) { p.ClickIn("12…03", "Void") }, `no row or section shows "12…03"`},
		{"behind a dialog", func(p *browser.Page) { p.ClickAt(".ask"); p.Click("Home") }, `nothing visible is called "Home"`},
		{"an absent field", func(p *browser.Page) { p.Fill("Colour", "red") }, `no field is labelled "Colour"`},
		{"an absent option", func(p *browser.Page) { p.Fill("Kind", "E-Pin") }, `no option "E-Pin"`},
		{"a page that does not come", func(p *browser.Page) { p.Go(url + "/never") }, "going to"},
	}
	for _, tt := range tests {
		got := failures(t, func(r testing.TB) {
			p := b.Open(r, "self-test-failures", url, browser.Light)
			p.Patience = 500 * time.Millisecond
			tt.do(p)
		})
		if !strings.Contains(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
	if _, err := os.Stat(filepath.Join("..", "screenshots", "self-test-failures", "failed-light.png")); err != nil {
		t.Errorf("the last screen of a failed test was not kept: %v", err)
	}
}
