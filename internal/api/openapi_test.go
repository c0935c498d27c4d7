package api_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/scriphq/scrip/internal/api"
	"github.com/scriphq/scrip/internal/store/storetest"
)

func operations(item *huma.PathItem) map[string]*huma.Operation {
	out := map[string]*huma.Operation{}
	for method, o := range map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PATCH": item.Patch, "PUT": item.Put, "DELETE": item.Delete} {
		if o != nil {
			out[method] = o
		}
	}
	return out
}

func TestDocumentAndRoutesAreTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.FreshFile(t), api.Options{})
	var documented []string
	for path, item := range w.api.Document().Paths {
		for method := range operations(item) {
			documented = append(documented, method+" "+path)
			r, err := http.NewRequest(method, strings.ReplaceAll(path, "{id}", "x"), nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := w.api.Endpoint(r); got != method+" "+path {
				t.Errorf("%s %s is served by %q", method, path, got)
			}
		}
	}
	for _, pattern := range w.api.Endpoints() {
		if !slices.Contains(documented, pattern) && pattern != "/v1/" && !strings.HasPrefix(pattern, "GET /docs") {
			t.Errorf("%s is not in the document", pattern)
		}
	}
	if len(documented) < 45 {
		t.Errorf("only %d operations", len(documented))
	}
}

func TestDocument(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.FreshFile(t), api.Options{})
	r := w.send(ask{method: "GET", path: "/v1/openapi.json", key: "none"}).is(200)
	var doc struct {
		OpenAPI    string
		Info       struct{ Title, Version, Description string }
		Components struct {
			Schemas map[string]json.RawMessage
		}
	}
	r.into(&doc)
	if doc.OpenAPI != "3.1.0" || doc.Info.Title != "Scrip" || doc.Info.Version != "test" {
		t.Errorf("%s %s %s", doc.OpenAPI, doc.Info.Title, doc.Info.Version)
	}
	for _, ref := range regexp.MustCompile(`"\$ref":"#/components/schemas/([^"]+)"`).FindAllSubmatch(r.body, -1) {
		if doc.Components.Schemas[string(ref[1])] == nil {
			t.Errorf("schema %s is referred to and missing", ref[1])
		}
	}
	if doc.Components.Schemas[""] != nil {
		t.Error("a body has no name: another without one would end the server when it starts")
	}
	for code := range api.FaultCodes() {
		if !strings.Contains(doc.Info.Description, "| `"+code+"` |") {
			t.Errorf("code %s is not documented", code)
		}
	}
	for name, want := range map[string]bool{"Use": true, "Money": true, "NewCampaign": true, "Voucher": false, "Redeemed": false, "Problem": false} {
		if closed := strings.Contains(string(doc.Components.Schemas[name]), `"additionalProperties":false`); closed != want {
			t.Errorf("%s: closed %v, want %v: %.200s", name, closed, want, doc.Components.Schemas[name])
		}
	}
}

func TestReferenceNeedsNoOtherHost(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.FreshFile(t), api.Options{})
	for _, path := range []string{"/docs", "/docs/"} {
		r := w.send(ask{method: "GET", path: path, key: "none"}).is(200)
		csp := r.header.Get("Content-Security-Policy")
		if !strings.HasPrefix(r.header.Get("Content-Type"), "text/html") || strings.Contains(csp, "http") || strings.Contains(strings.Split(csp, "style-src")[0], "unsafe-inline") {
			t.Errorf("%s: %s, %s", path, r.header.Get("Content-Type"), csp)
		}
		for _, part := range []string{"<main>", "</main>", "<h1", "prefers-color-scheme: dark"} {
			if !strings.Contains(string(r.body), part) {
				t.Errorf("%s lacks %s", path, part)
			}
		}
		if n, m := strings.Count(string(r.body), "<script>"), strings.Count(csp, "'sha256-"); n != m || n == 0 {
			t.Errorf("%d inline scripts, %d digests", n, m)
		}
		for _, asset := range regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(string(r.body), -1) {
			if !strings.HasPrefix(asset[1], "/docs/") {
				t.Errorf("%s loads %s", path, asset[1])
				continue
			}
			if got := w.send(ask{method: "GET", path: asset[1], key: "none"}); got.status != 200 || len(got.body) == 0 {
				t.Errorf("%s: status %d", asset[1], got.status)
			}
		}
	}
	w.send(ask{method: "GET", path: "/docs/?proxy=http://127.0.0.1/", key: "none"}).is(200)
}

// Every code of a fault in the source is either documented or known not to reach this
// door.
func TestFaultCodesAreDocumented(t *testing.T) {
	t.Parallel()
	// Said by other doors, by the command line, or turned into field messages before.
	elsewhere := strings.Fields("sign_in refused not_a_form cross_origin form_incomplete set_up_before yielded schema_newer schema_older in_use no_backup file_exists not_empty keys_exist taken retry unclear " +
		"percent_range not_allocatable amount_invalid amount_negative amount_decimals amount_ambiguous currency_unknown amount_too_large too_many_rows none_ticked too_many no_database")
	known := api.FaultCodes()
	found := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for n := range ast.Preorder(file) {
			code := codeOf(n)
			if code == "" {
				continue // none, or Internal: such a code never leaves the process
			}
			found++
			if !known[code] && !slices.Contains(elsewhere, code) {
				t.Errorf("%s: the code %s is not documented", path, code)
			}
		}
		return nil
	})
	if err != nil || found < 40 {
		t.Errorf("%v, %d codes found", err, found)
	}
}

// codeOf returns the code that a call of fault.New or coupon's refusal is given.
func codeOf(n ast.Node) string {
	call, ok := n.(*ast.CallExpr)
	if !ok || len(call.Args) < 2 {
		return ""
	}
	at := -1
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		x, ok := f.X.(*ast.Ident)
		if kind, is := call.Args[0].(*ast.SelectorExpr); ok && x.Name == "fault" && f.Sel.Name == "New" && is && kind.Sel.Name != "Internal" {
			at = 1
		}
	case *ast.Ident:
		if f.Name == "refusal" {
			at = 0
		}
	}
	if at < 0 {
		return ""
	}
	lit, ok := call.Args[at].(*ast.BasicLit)
	if !ok {
		return ""
	}
	code, err := strconv.Unquote(lit.Value)
	if err != nil {
		return ""
	}
	return code
}
