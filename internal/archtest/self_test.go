package archtest

import (
	"strings"
	"testing"
)

func TestImportProblems(t *testing.T) {
	t.Parallel()
	const ours = module + "internal/"
	tests := []struct {
		name string
		p    listed
		want string // part of the one problem, or empty
	}{
		{"the domain may see money", listed{ImportPath: ours + "coupon", Imports: []string{ours + "money", "time"}}, ""},
		{"the domain may not see the store", listed{ImportPath: ours + "coupon", Imports: []string{ours + "store"}}, "may not import store"},
		{"the domain may not log", listed{ImportPath: ours + "coupon", Imports: []string{"log/slog"}}, "may not see log/slog"},
		{"the domain may not see a driver", listed{ImportPath: ours + "coupon", Imports: []string{"github.com/jackc/pgx/v5"}}, "may not see github.com/jackc/pgx/v5"},
		{"the domain may not see HTTP parts", listed{ImportPath: ours + "coupon", Imports: []string{"net/http/httptest"}}, "net/http/httptest"},
		{"ring 0 sees nothing of ours", listed{ImportPath: ours + "money", Imports: []string{ours + "coupon"}}, "may not import coupon"},
		{"ring 0 sees nothing of others", listed{ImportPath: ours + "money", Imports: []string{"golang.org/x/text"}}, "not golang.org/x/text"},
		{"ids may use uuid", listed{ImportPath: ours + "id", Imports: []string{"github.com/google/uuid"}}, ""},
		{"store and app stay apart", listed{ImportPath: ours + "store", Imports: []string{ours + "app"}}, "may not import app"},
		{"use cases know no pages", listed{ImportPath: ours + "app", Imports: []string{"html/template"}}, "may not see html/template"},
		{"the API does not see the store", listed{ImportPath: ours + "api", Imports: []string{ours + "store"}}, "may not import store"},
		{"a folder inside follows its parent", listed{ImportPath: ours + "notify/smpp", Imports: []string{ours + "store"}}, "may not import store"},
		{"a folder inside sees its parent", listed{ImportPath: ours + "notify/smpp", Imports: []string{ours + "notify"}}, ""},
		{"product code does not see test helpers", listed{ImportPath: ours + "store", Imports: []string{ours + "store/storetest"}}, "may not import store/storetest"},
		{"nor does the composition root", listed{ImportPath: ours + "cli", Imports: []string{ours + "testenv"}}, "may not import testenv"},
		{"the composition root sees the rest", listed{ImportPath: ours + "cli", Imports: []string{ours + "store", ours + "admin"}}, ""},
		{"the store's helper starts databases", listed{ImportPath: ours + "store/storetest", Imports: []string{ours + "store", ours + "testenv"}}, ""},
		{"tests of use cases stand on the real store", listed{ImportPath: ours + "app", XTestImports: []string{ours + "store/storetest", ours + "store", ours + "testenv"}}, ""},
		{"tests of the domain have no database", listed{ImportPath: ours + "coupon", TestImports: []string{ours + "store/storetest"}}, "tests may not import store/storetest"},
		{"tests of the domain may ask for counts", listed{ImportPath: ours + "coupon", TestImports: []string{ours + "testenv"}}, ""},
		{"tests of pages see the browser", listed{ImportPath: ours + "ui", XTestImports: []string{module + "test/browser"}}, ""},
		{"tests do not reach outwards", listed{ImportPath: ours + "store", XTestImports: []string{ours + "api"}}, "tests may not import api"},
		{"the command sees the command line only", listed{ImportPath: module + "cmd/scrip", Imports: []string{ours + "app"}}, "may not import app"},
		{"journeys see the browser", listed{ImportPath: module + "test", XTestImports: []string{module + "test/browser", ours + "cli"}}, ""},
		{"an unknown package needs a line", listed{ImportPath: ours + "stuff"}, "no line in the table"},
	}
	for _, tt := range tests {
		got := importProblems(tt.p)
		if tt.want == "" && len(got) == 0 {
			continue
		}
		if len(got) != 1 || tt.want == "" || !strings.Contains(got[0], tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestClockProblems(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, src string
		want      int
	}{
		{"a duration is no clock", "var d = 3 * time.Second", 0},
		{"reading", "var now = time.Now()", 1},
		{"handing it over", "var now = time.Now", 1},
		{"reading in disguise", "func f(t time.Time) bool { return time.Since(t) > 0 }", 1},
	}
	for _, tt := range tests {
		src := "package coupon\nimport \"time\"\n" + tt.src
		if got := clockProblems("x.go", []byte(src)); len(got) != tt.want {
			t.Errorf("%s: got %q, want %d", tt.name, got, tt.want)
		}
	}
}

func TestFileProblems(t *testing.T) {
	t.Parallel()
	const test = "package x\nimport (\n\"testing\"\n\"time\"\n)\n"
	long := "package x\n" + strings.Repeat("//\n", maxLines)
	longest := "package x\nfunc f() {\ng()\ng()\n" + strings.Repeat("//\n", maxFunctionLines-4) + "}\n"
	longer := strings.Replace(longest, "//\n", "//\n//\n", 1)
	tests := []struct {
		name, file, src, want string
	}{
		{"the longest function", "x.go", longest, ""},
		{"a longer function", "x.go", longer, "x.go:2:1: f has 61 lines"},
		{"a function that is one table", "x.go", strings.Replace(longer, "g()\n", "//\n", 1), ""},
		{"a longer function of a test", "x_test.go", longer, ""},
		{"fine", "x.go", "package x\n", ""},
		{"too long", "x.go", long, "401 lines"},
		{"too long for a template", "x.templ", long, "401 lines"},
		{"generated", "x_templ.go", long, ""},
		{"a long document", "x.md", long, ""},
		{"unfinished", "x.go", "package x\n\n// TO" + "DO: more\n", "x.go:3"},
		{"unfinished script", "x.js", "// FIX" + "ME\n", "x.js:1"},
		{"init", "x.go", "package x\nfunc init() {}\n", "init"},
		{"a method named init", "x.go", "package x\ntype T struct{}\nfunc (T) init() {}\n", ""},
		{"skip", "x_test.go", test + "func TestX(t *testing.T) { t.Skip() }\n", "skipped"},
		{"skip of another kind", "x_test.go", test + "func TestX(t *testing.T) { t.Skipf(\"no database\") }\n", "skipped"},
		{"sleep in a test", "x_test.go", test + "func TestX(t *testing.T) { time.Sleep(1) }\n", "time.Sleep"},
		{"sleep in a test helper", "x.go", test + "func Wait(t testing.TB) { time.Sleep(1) }\n", "time.Sleep"},
	}
	for _, tt := range tests {
		got := strings.Join(fileProblems(tt.file, []byte(tt.src)), "\n")
		if (tt.want == "") != (got == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestNameProblem(t *testing.T) {
	t.Parallel()
	for name, bad := range map[string]bool{"coupon": false, "util": true, "models": true, "httpUtil": true, "my_pkg": true, "coupon_test": true} {
		if got := nameProblem(name) != ""; got != bad {
			t.Errorf("%s: got %v, want %v", name, got, bad)
		}
	}
}
