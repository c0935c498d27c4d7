// Package script replays text scripts against the whole program, on both databases.
//
// A script is a list of requests. Each begins with a line "METHOD /path"; the lines
// below it say what is sent and what must come back:
//
//	key NAME          sends the API key of that name; without it the key "all"
//	idempotency KEY   sends an Idempotency-Key
//	json {…}          sends a body
//	status N          the status that must come back
//	header NAME TEXT  a header that must be there and hold the text
//	body TEXT         a text that the answer must hold
//	absent TEXT       a text that it must not hold
//	same              the answer has the bytes of the answer before
//	take NAME PATH    keeps a part of the answer: data.0.id, or csv.1.code
//
// $NAME stands for what was kept, $script for the script's name. "scopes NAME SCOPE …"
// makes a key; a line that begins with # is a remark.
package script_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestScripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	var scripts []*script
	for _, name := range files {
		scripts = append(scripts, read(t, name))
	}
	eachServer(t, scripts, func(t *testing.T, s *server) {
		for _, script := range scripts {
			t.Run(script.name, func(t *testing.T) {
				t.Parallel()
				(&run{t: t, script: script, server: s, kept: map[string]string{"script": script.name}}).play()
			})
		}
	})
}

// script is a file's lines.
type script struct {
	name  string
	lines []string
	keys  map[string]string // scopes by the name of the key
}

func read(t *testing.T, path string) *script {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s := &script{name: strings.TrimSuffix(filepath.Base(path), ".txt"), lines: strings.Split(string(content), "\n"), keys: map[string]string{"all": "all"}}
	for _, line := range s.lines {
		if words := strings.Fields(line); len(words) > 2 && words[0] == "scopes" {
			s.keys[words[1]] = strings.Join(words[2:], ",")
		}
	}
	return s
}

// run is a script being played.
type run struct {
	t      *testing.T
	script *script
	server *server
	line   int
	kept   map[string]string
	ask    *ask
	got    *answer
	before []byte // the answer before
}

// ask is a request in the making.
type ask struct{ method, path, key, idempotency, json string }

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (r *run) fail(format string, args ...any) {
	r.t.Helper()
	got := ""
	if r.got != nil {
		got = fmt.Sprintf("\n%d %s", r.got.status, r.got.body)
	}
	r.t.Fatalf("%s.txt:%d: %s: %s%s", r.script.name, r.line+1, r.script.lines[r.line], fmt.Sprintf(format, args...), got)
}

var method = regexp.MustCompile(`^(GET|POST|PATCH|PUT|DELETE) /`)

func (r *run) play() {
	requests := 0
	for i, line := range r.script.lines {
		r.line = i
		line = strings.TrimSpace(line)
		switch word, rest, _ := strings.Cut(line, " "); {
		case line == "", word == "#", word == "scopes":
		case method.MatchString(line):
			if r.got != nil {
				r.before = r.got.body
			}
			r.ask, r.got = &ask{method: word, path: r.filled(rest), key: "all"}, nil
			requests++
		case r.ask == nil:
			r.fail("no request yet")
		case r.got == nil && r.part(word, r.filled(rest)):
		default:
			r.send()
			r.expect(word, r.filled(rest))
		}
	}
	if requests == 0 {
		r.t.Fatal("a script without requests")
	}
}

var variable = regexp.MustCompile(`\$[a-z]+`)

// filled puts what was kept in place of its names.
func (r *run) filled(text string) string {
	return variable.ReplaceAllStringFunc(text, func(name string) string {
		v, ok := r.kept[name[1:]]
		if !ok {
			r.fail("%s was not kept", name)
		}
		return v
	})
}

// part adds a line to the request, and reports whether it is such a line.
func (r *run) part(word, rest string) bool {
	switch word {
	case "key":
		r.ask.key = rest
	case "idempotency":
		r.ask.idempotency = rest
	case "json":
		r.ask.json = rest
	default:
		return false
	}
	return true
}

// send makes the request, once.
func (r *run) send() {
	if r.got != nil {
		return
	}
	scopes, ok := r.script.keys[r.ask.key]
	if !ok && r.ask.key != "none" {
		r.fail("there is no key %s", r.ask.key)
	}
	req, err := http.NewRequestWithContext(r.t.Context(), r.ask.method, r.server.base+r.ask.path, strings.NewReader(r.ask.json))
	if err != nil {
		r.fail("%v", err)
	}
	for name, v := range map[string]string{"Authorization": "Bearer " + r.server.keys[scopes], "Content-Type": "application/json", "Idempotency-Key": r.ask.idempotency} {
		if v != "" && (name != "Content-Type" || r.ask.json != "") && (name != "Authorization" || ok) {
			req.Header.Set(name, v)
		}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.fail("%v", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		r.fail("%v", err)
	}
	r.got = &answer{resp.StatusCode, resp.Header, body}
}

func (r *run) expect(word, rest string) {
	switch word {
	case "status":
		if strconv.Itoa(r.got.status) != rest {
			r.fail("status %d", r.got.status)
		}
	case "header":
		name, text, _ := strings.Cut(rest, " ")
		if got := r.got.header.Get(name); got == "" || !strings.Contains(got, text) {
			r.fail("it is %q", got)
		}
	case "body":
		if !strings.Contains(string(r.got.body), rest) {
			r.fail("not there")
		}
	case "absent":
		if strings.Contains(string(r.got.body), rest) {
			r.fail("it is there")
		}
	case "same":
		if !bytes.Equal(r.got.body, r.before) {
			r.fail("the answer before was %s", r.before)
		}
	case "take":
		name, path, _ := strings.Cut(rest, " ")
		r.kept[name] = r.at(strings.Split(path, "."))
	default:
		r.fail("no such word")
	}
}

// at returns a part of the answer.
func (r *run) at(path []string) string {
	if path[0] == "csv" {
		return r.cell(path)
	}
	var v any
	if err := json.Unmarshal(r.got.body, &v); err != nil {
		r.fail("%v", err)
	}
	for _, step := range path {
		switch x := v.(type) {
		case map[string]any:
			v = x[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(x) {
				r.fail("no %s", step)
			}
			v = x[i]
		}
	}
	if v == nil {
		r.fail("nothing there")
	}
	return fmt.Sprint(v)
}

// cell returns a cell of a CSV answer by its line, the first below the head being 1,
// and the name of its column.
func (r *run) cell(path []string) string {
	rows, err := csv.NewReader(bytes.NewReader(r.got.body)).ReadAll()
	if err != nil || len(path) != 3 {
		r.fail("%v", err)
	}
	line, err := strconv.Atoi(path[1])
	if err != nil || line >= len(rows) {
		r.fail("no such line")
	}
	for i, head := range rows[0] {
		if head == path[2] {
			return rows[line][i]
		}
	}
	r.fail("no such column")
	return ""
}
