package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/swaggest/swgui"
	"github.com/swaggest/swgui/v5emb"
)

// blank is the document before its operations.
func (a *API) blank(version string) *huma.OpenAPI {
	if version == "" {
		version = "dev"
	}
	return &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info: &huma.Info{Title: "Scrip", Version: version, Description: "Money is an object of minor units and a currency. Times are RFC 3339 in UTC. " +
			"null means the same as leaving a field out. Fields may be added to answers.\n\n" +
			"Send `Authorization: Bearer KEY`. Give every write an `Idempotency-Key`: the same key and body get the first answer again, byte for byte, for 30 days.\n\n" + faultTable()},
		Components: &huma.Components{
			Schemas:         a.registry,
			SecuritySchemes: map[string]*huma.SecurityScheme{"key": {Type: "http", Scheme: "bearer", Description: "An API key with scopes"}},
		},
	}
}

// media is what an endpoint answers with.
type media struct {
	kind   string
	schema *huma.Schema
}

func (a *API) content(out reflect.Type) media {
	return media{"application/json", a.registry.Schema(out, true, "")}
}

// document puts an endpoint into the document.
func (a *API) document(pattern string, o op, in *input, out media) {
	method, path, _ := strings.Cut(pattern, " ")
	d := &huma.Operation{Method: method, Path: path, OperationID: operationID(method, path), Tags: []string{o.tag}, Summary: o.summary, Description: o.doc}
	if o.scope != "" {
		d.Security = []map[string][]string{{"key": {o.scope}}}
	}
	for i := range in.params {
		d.Parameters = append(d.Parameters, in.params[i].doc)
	}
	if o.keyed {
		least, most := 1, 255
		d.Parameters = append(d.Parameters, &huma.Param{Name: "Idempotency-Key", In: "header", Description: "Makes a repeat of this request give the first answer again. One that begins with a UUID of version 7 is kept with the least work.",
			Schema: &huma.Schema{Type: huma.TypeString, MinLength: &least, MaxLength: &most}})
	}
	d.RequestBody = in.file
	if in.body != nil {
		d.RequestBody = &huma.RequestBody{Required: in.required, Content: map[string]*huma.MediaType{"application/json": {Schema: in.body}}}
	}
	if o.status == 0 {
		o.status = http.StatusOK
	}
	problems := map[string]*huma.MediaType{"application/problem+json": {Schema: a.registry.Schema(reflect.TypeFor[problem](), true, "")}}
	d.Responses = map[string]*huma.Response{
		strconv.Itoa(o.status): {Description: http.StatusText(o.status), Content: map[string]*huma.MediaType{out.kind: {Schema: out.schema}}},
		"default":              {Description: "A problem: code says which", Content: problems},
	}
	if o.also != 0 {
		d.Responses[strconv.Itoa(o.also)] = &huma.Response{Description: http.StatusText(o.also), Content: d.Responses[strconv.Itoa(o.status)].Content}
	}
	a.doc.AddOperation(d)
}

// operationID names an operation after its address: POST /v1/batches/{id}/freeze is
// "post-batches-id-freeze".
func operationID(method, path string) string {
	words := strings.FieldsFunc(strings.TrimPrefix(path, "/v1"), func(r rune) bool { return strings.ContainsRune("/{}._", r) })
	return strings.ToLower(method) + "-" + strings.Join(words, "-")
}

// finish serves the document and its reference, once every endpoint is in it.
func (a *API) finish() {
	in := inputOf(a.registry, reflect.TypeFor[struct{}]())
	object := &huma.Schema{Type: huma.TypeObject}
	a.document("GET /v1/openapi.json", op{tag: "Program", summary: "This document"}, in, media{"application/openapi+json", object})
	a.openAnswers()
	body := encode(a.doc)
	a.handle("GET /v1/openapi.json", func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", "application/openapi+json")
		w.Header().Set("Cache-Control", "no-cache")
		_, err := w.Write(body)
		return err
	})
	a.reference()
	a.handle("/v1/", a.lost)
}

// openAnswers lets the shapes of answers grow, and their objects be null where they
// are: only what is sent to us is closed, and there null means left out.
func (a *API) openAnswers() {
	sent := map[string]bool{}
	for _, item := range a.doc.Paths {
		for _, o := range []*huma.Operation{item.Post, item.Patch} {
			if o == nil || o.RequestBody == nil {
				continue
			}
			for _, content := range o.RequestBody.Content {
				a.mark(content.Schema, sent)
			}
		}
	}
	for name, s := range a.registry.Map() {
		if sent[name] {
			continue
		}
		if s.AdditionalProperties == false {
			s.AdditionalProperties = nil
		}
		for _, f := range reflect.VisibleFields(a.registry.TypeFromRef("#/components/schemas/" + name)) {
			field, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			if p := s.Properties[field]; p != nil && p.Ref != "" && f.Type.Kind() == reflect.Pointer && options == "" {
				s.Properties[field] = &huma.Schema{Description: p.Description, AnyOf: []*huma.Schema{{Ref: p.Ref}, {Type: "null"}}}
			}
		}
	}
}

// mark notes which named schemas a schema is made of.
func (a *API) mark(s *huma.Schema, seen map[string]bool) {
	if s == nil {
		return
	}
	if s.Ref != "" {
		name := s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
		if !seen[name] {
			seen[name] = true
			a.mark(a.registry.SchemaFromRef(s.Ref), seen)
		}
		return
	}
	a.mark(s.Items, seen)
	if more, ok := s.AdditionalProperties.(*huma.Schema); ok {
		a.mark(more, seen)
	}
	for _, p := range s.Properties {
		a.mark(p, seen)
	}
	for _, p := range slices.Concat(s.OneOf, s.AnyOf, s.AllOf) {
		a.mark(p, seen)
	}
}

// referenceStyle makes the reference dark where the device is. The page itself knows only
// light colours, so they are turned round, hues kept.
const referenceStyle = `<style>
.sr { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
@media (prefers-color-scheme: dark) {
  html { color-scheme: dark; }
  body { background: #121615; }
  #swagger-ui { filter: invert(.92) hue-rotate(180deg); color-scheme: light; }
}
</style>`

// reference serves the page that shows the document, without any outside host. Its
// own inline scripts are allowed by their digests, and nothing else is.
func (a *API) reference() {
	ui := v5emb.NewWithConfig(swgui.Config{AppendHead: referenceStyle, PrependHTML: `<main><h1 class="sr">Scrip API</h1>`, AppendHTML: "</main>"})("Scrip API", "/v1/openapi.json", "/docs/")
	page := &memory{header: http.Header{}}
	ui.ServeHTTP(page, &http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/docs/"}, Header: http.Header{}})
	csp := "default-src 'none'; script-src 'self'" + digests(page.Bytes()) + "; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " +
		"connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
	show := func(w http.ResponseWriter, _ *http.Request) error {
		h := w.Header()
		h.Set("Content-Security-Policy", csp)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Type", "text/html; charset=utf-8")
		_, err := w.Write(page.Bytes())
		return err
	}
	a.handle("GET /docs", show)
	a.handle("GET /docs/{$}", show)
	a.handle("GET /docs/", func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Content-Security-Policy", csp)
		ui.ServeHTTP(w, r)
		return nil
	})
}

var inlineScript = regexp.MustCompile(`(?s)<script>(.*?)</script>`)

// digests lists the inline scripts of a page for its content security policy.
func digests(page []byte) string {
	var b strings.Builder
	for _, m := range inlineScript.FindAllSubmatch(page, -1) {
		sum := sha256.Sum256(m[1])
		b.WriteString(" 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'")
	}
	return b.String()
}

// memory is a response that is kept.
type memory struct {
	bytes.Buffer
	header http.Header
}

// Header returns the headers, which nobody reads.
func (m *memory) Header() http.Header { return m.header }

// WriteHeader has nothing to do.
func (m *memory) WriteHeader(int) {}
