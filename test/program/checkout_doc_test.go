package program_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// block is a fenced part of a page.
type block struct{ kind, text string }

var fence = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")

func blocksOf(t *testing.T, page string) []block {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var out []block
	for _, m := range fence.FindAllStringSubmatch(string(text), -1) {
		out = append(out, block{m[1], m[2]})
	}
	return out
}

// TestTheCheckoutGuide runs every command of docs/checkout.md in one shell; what came
// back last from a block holds the JSON that stands below it.
func TestTheCheckoutGuide(t *testing.T) {
	t.Parallel()
	blocks := blocksOf(t, "../../docs/checkout.md")
	eachPlace(t, func(t *testing.T, p *place) {
		s := p.serve()
		answers, program := s.follow(t, blocks)
		compared := 0
		for i, b := range blocks {
			switch b.kind {
			case "json":
				var want, got any
				if err := json.Unmarshal([]byte(b.text), &want); err != nil {
					t.Fatalf("%v in %s", err, b.text)
				}
				if err := json.Unmarshal([]byte(answers[i-1]), &got); err != nil {
					t.Fatalf("%v: %s gave %s", err, blocks[i-1].text, answers[i-1])
				}
				if missing := lacks(got, want, ""); missing != "" {
					t.Errorf("%s gave %s: %s", blocks[i-1].text, answers[i-1], missing)
				}
				compared++
			case "text":
				if program != b.text {
					t.Errorf("the program says %q, the guide %q", program, b.text)
				}
				compared++
			}
		}
		if compared < 15 {
			t.Errorf("the guide has only %d answers", compared)
		}
		s.stop()
		p.verified()
	})
}

// follow runs the commands, and then the program that the guide lists. It returns the
// last line of each block of commands.
func (s *server) follow(t *testing.T, blocks []block) (answers map[int]string, program string) {
	t.Helper()
	data := "--data '" + s.data + "'"
	if s.url != "" {
		data += " --database '" + s.url + "'"
	}
	here := strings.NewReplacer("http://localhost:8080", s.base, "bin/scrip", binary, "--data ./data", data)
	script := strings.Builder{}
	for i, b := range blocks {
		switch b.kind {
		case "sh":
			fmt.Fprintf(&script, "%s\necho '=== %d'\n", here.Replace(b.text), i)
		case "go":
			file := filepath.Join(t.TempDir(), "main.go")
			if err := os.WriteFile(file, []byte(b.text), 0o600); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&script, "export SCRIP KEY CODE\ngo run '%s'\necho '=== go'\n", file)
		}
	}
	cmd := exec.Command("sh", "-eu")
	cmd.Stdin = strings.NewReader(script.String())
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v after\n%s", err, out)
	}
	answers = map[int]string{}
	rest := string(out)
	for i, b := range blocks {
		switch b.kind {
		case "sh":
			var said string
			said, rest, _ = strings.Cut(rest, fmt.Sprintf("=== %d\n", i))
			said = strings.TrimSpace(said)
			answers[i] = said[strings.LastIndexByte(said, '\n')+1:]
		case "go":
			program, rest, _ = strings.Cut(rest, "=== go\n")
		}
	}
	return answers, program
}

// lacks says what of want is not in got, "" when all is. "…" is anything but nothing.
func lacks(got, want any, at string) string {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			return fmt.Sprintf("%s is %v", at, got)
		}
		for name, v := range w {
			if missing := lacks(g[name], v, at+"."+name); missing != "" {
				return missing
			}
		}
		return ""
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			return fmt.Sprintf("%s is %v", at, got)
		}
		for i := range w {
			if missing := lacks(g[i], w[i], fmt.Sprintf("%s[%d]", at, i)); missing != "" {
				return missing
			}
		}
		return ""
	}
	if got == want || want == "…" && got != nil && got != "" {
		return ""
	}
	return fmt.Sprintf("%s is %v, not %v", at, got, want)
}
