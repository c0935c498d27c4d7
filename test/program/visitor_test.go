package program_test

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// visitor is a browser without a screen: pages, forms and cookies.
type visitor struct {
	t    testing.TB
	base string
	http *http.Client
}

func newVisitor(t testing.TB, base string) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t, base, &http.Client{Jar: jar, Timeout: 30 * time.Second}}
}

// get returns a page.
func (v *visitor) get(path string) string {
	v.t.Helper()
	page, status := v.fetch(http.NewRequest("GET", v.base+path, nil))
	if status != 200 {
		v.t.Fatalf("GET %s: %d", path, status)
	}
	return page
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)

// submit opens a page, fills its form in and sends it to the page's own address. It
// returns where that led.
func (v *visitor) submit(path string, fields ...string) (page string, status int) {
	v.t.Helper()
	form := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(v.get(path), -1) {
		form.Set(html.UnescapeString(m[1]), html.UnescapeString(m[2]))
	}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	req, err := http.NewRequest("POST", v.base+path, strings.NewReader(form.Encode()))
	if err == nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", v.base)
	}
	return v.fetch(req, err)
}

func (v *visitor) fetch(req *http.Request, err error) (page string, status int) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
	resp, err := v.http.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return string(content), resp.StatusCode
}
