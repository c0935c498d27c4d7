package api_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"testing"
)

// reply is an answer read whole.
type reply struct {
	t      testing.TB
	what   string
	status int
	body   []byte
	header http.Header
}

// is fails unless the answer has the status.
func (r reply) is(status int) reply {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("%s: status %d, want %d: %s", r.what, r.status, status, r.body)
	}
	return r
}

// fails fails unless the answer is a problem with the status, the code and the fields.
func (r reply) fails(status int, code string, fields ...string) reply {
	r.t.Helper()
	var p struct {
		Type, Title, Code, RequestID string
		Status                       int
		Fields                       map[string]string
	}
	r.is(status).into(&p)
	slices.Sort(fields)
	if got := slices.Sorted(maps.Keys(p.Fields)); p.Code != code || !slices.Equal(got, fields) {
		r.t.Errorf("%s: %s %v, want %s %v: %s", r.what, p.Code, got, code, fields, r.body)
	}
	if p.Title == "" || p.Status != status || p.Type == "" || !bytes.Contains(r.body, []byte(`"request_id":"req_`)) {
		r.t.Errorf("%s: not a whole problem: %s", r.what, r.body)
	}
	if kind := r.header.Get("Content-Type"); kind != "application/problem+json" {
		r.t.Errorf("%s: Content-Type %q", r.what, kind)
	}
	return r
}

func (r reply) into(v any) {
	r.t.Helper()
	if err := json.Unmarshal(r.body, v); err != nil {
		r.t.Fatalf("%s: not JSON: %v: %s", r.what, err, r.body)
	}
}

// at returns a part of the answer, by names and indexes.
func (r reply) at(path ...any) any {
	r.t.Helper()
	var v any
	r.into(&v)
	for _, step := range path {
		switch s := step.(type) {
		case string:
			m, ok := v.(object)
			if !ok {
				r.t.Fatalf("%s: no %v in %s", r.what, path, r.body)
			}
			v = m[s]
		case int:
			l, ok := v.([]any)
			if !ok || s >= len(l) {
				r.t.Fatalf("%s: no %v in %s", r.what, path, r.body)
			}
			v = l[s]
		}
	}
	return v
}

// id returns the answer's id.
func (r reply) id() string {
	r.t.Helper()
	s, _ := r.at("id").(string)
	if s == "" {
		r.t.Fatalf("%s: no id: %s", r.what, r.body)
	}
	return s
}

// has fails unless a part of the answer is want.
func (r reply) has(want any, path ...any) reply {
	r.t.Helper()
	if got := r.at(path...); !bytes.Equal(jsonOf(got), jsonOf(want)) {
		r.t.Errorf("%s: %v is %s, want %s", r.what, path, jsonOf(got), jsonOf(want))
	}
	return r
}
