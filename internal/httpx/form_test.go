package httpx_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
)

func post(body string) *http.Request {
	r := httptest.NewRequest("POST", "/?code=in-the-query", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	return r
}

func TestFormReadsWhatWasTyped(t *testing.T) {
	t.Parallel()
	f, err := httpx.ReadForm(post(url.Values{
		"name": {"  Mei Tan "}, "body": {" a\r\nb "}, "pick": {"x", " ", "y"}, "on": {"1"},
	}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if f.Text("name") != "Mei Tan" || f.Raw("body") != " a\nb " || strings.Join(f.List("pick"), ",") != "x,y" {
		t.Errorf("got %q", f.Values())
	}
	if !f.Has("on") || f.Has("off") || f.Text("code") != "" {
		t.Error("presence is wrong, or the query string leaked into the form")
	}
}

func TestFormRefusesWhatCannotBeStored(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, body, field string }{
		{"NUL", "ok=1&reason=a%00b", "reason"},
		{"invalid UTF-8", "ok=1&reason=%ff", "reason"},
		{"too long", "ok=1&reason=" + strings.Repeat("x", 5000), "reason"},
		{"too long even for a long field", "ok=1&body=" + strings.Repeat("x", 65<<10), "body"},
		{"a hostile field name", "ok=1&%00=x", "form"},
	} {
		f, err := httpx.ReadForm(post(c.body), "body")
		got := fault.Of(err)
		if got == nil || got.Kind != fault.Invalid || got.Fields[c.field] == "" {
			t.Errorf("%s: got %v", c.name, err)
			continue
		}
		if f.Text("ok") != "1" {
			t.Errorf("%s: the other values were lost", c.name)
		}
	}
	if f, err := httpx.ReadForm(post("body="+strings.Repeat("x", 60<<10)), "body"); err != nil || len(f.Raw("body")) != 60<<10 {
		t.Errorf("a long field: %v", err)
	}
	if _, err := httpx.ReadForm(post(strings.Repeat("a=1&", 3000))); err == nil {
		t.Error("3,000 fields were accepted")
	}
	if _, err := httpx.ReadForm(post("a=%zz")); fault.Of(err) == nil || fault.Of(err).Code != "not_a_form" {
		t.Errorf("broken escapes: %v", err)
	}
	r := post(`{"a":1}`)
	r.Header.Set("Content-Type", "application/json")
	if _, err := httpx.ReadForm(r); fault.Of(err) == nil {
		t.Error("JSON was accepted as a form")
	}
}

func TestQuery(t *testing.T) {
	t.Parallel()
	if f, err := httpx.ReadQuery(get("/?q=+mei+&used=true")); err != nil || f.Text("q") != "mei" || f.Text("used") != "true" {
		t.Errorf("got %v %v", f, err)
	}
	if _, err := httpx.ReadQuery(get("/?q=%00")); fault.Of(err) == nil || fault.Of(err).Fields["q"] == "" {
		t.Errorf("NUL in the query: %v", err)
	}
}

// upload returns a multipart request with one file, or none when name is "".
func upload(t testing.TB, name, content string) *http.Request {
	t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	if err := m.WriteField("language", "de"); err != nil {
		t.Fatal(err)
	}
	if name != "" {
		w, err := m.CreateFormFile("file", name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(w, content)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/", &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	return r
}

func TestUpload(t *testing.T) {
	t.Parallel()
	f, err := httpx.ReadForm(upload(t, `C:\lists\Autumn.csv`, "a,b\n"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Discard()
	file, err := f.File("file")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	content, _ := io.ReadAll(file)
	if file.Name != "Autumn.csv" || string(content) != "a,b\n" || file.Size != 4 || f.Text("language") != "de" {
		t.Errorf("got %q %q %d", file.Name, content, file.Size)
	}
	none, err := httpx.ReadForm(upload(t, "", ""))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := none.File("file"); fault.Of(err) == nil || fault.Of(err).Fields["file"] == "" {
		t.Errorf("no file: %v", err)
	}
}

func TestReadUpload(t *testing.T) {
	t.Parallel()
	f, file, err := httpx.ReadUpload(upload(t, `C:\lists\Autumn.csv`, "a,b\n"), "file")
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(file)
	if err != nil || file.Name != "Autumn.csv" || string(content) != "a,b\n" || f.Text("language") != "de" {
		t.Errorf("got %q %q %v", file.Name, content, err)
	}
	if f, _, err := httpx.ReadUpload(upload(t, "", ""), "file"); fault.Of(err) == nil || fault.Of(err).Fields["file"] == "" || f.Text("language") != "de" {
		t.Errorf("no file: %v", err)
	}
	big := upload(t, "big.csv", strings.Repeat("x", 40_000))
	big.Body = http.MaxBytesReader(httptest.NewRecorder(), big.Body, 10_000)
	_, file, err = httpx.ReadUpload(big, "file")
	if err == nil {
		_, err = io.ReadAll(file)
	}
	if e := fault.Of(err); e == nil || e.Kind != fault.TooLarge || e.Fields["file"] == "" {
		t.Errorf("too long: %v", err)
	}
	cut := upload(t, "cut.csv", strings.Repeat("x", 40_000))
	cut.Body = io.NopCloser(io.LimitReader(cut.Body, 20_000))
	_, file, err = httpx.ReadUpload(cut, "file")
	if err == nil {
		_, err = io.ReadAll(file)
	}
	if e := fault.Of(err); e == nil || e.Kind != fault.Invalid || !strings.Contains(e.Fields["file"], "cut off") {
		t.Errorf("cut off: %v", err)
	}
}

func TestUploadPastTheLimit(t *testing.T) {
	t.Parallel()
	r := upload(t, "big.csv", strings.Repeat("x", 4000))
	r.Body = http.MaxBytesReader(httptest.NewRecorder(), r.Body, 1000)
	if _, err := httpx.ReadForm(r); fault.Of(err) == nil || fault.Of(err).Kind != fault.TooLarge {
		t.Errorf("got %v", err)
	}
}
