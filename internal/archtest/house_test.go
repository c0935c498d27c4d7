package archtest

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	maxLines         = 400
	maxFunctionLines = 60
)

var (
	// Split, so that this file keeps its own rule.
	unfinished = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME)\b`)
	sources    = strings.Fields(".go .templ .js .css .sql .sh")
	texts      = append(strings.Fields(".md .yml .yaml .toml .html"), sources...)
)

func TestHouseRules(t *testing.T) {
	t.Parallel()
	top, files := root(t), 0
	err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(top, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if isForeign(filepath.ToSlash(name)) {
				return fs.SkipDir
			}
			return nil
		}
		if !isText(name) {
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		for _, problem := range fileProblems(name, src) {
			t.Error(problem)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 10 {
		t.Errorf("only %d files were looked at", files)
	}
}

// isForeign tells folders that are no part of the source.
func isForeign(dir string) bool {
	return slices.Contains([]string{".git", "bin", "data", "test/screenshots"}, dir)
}

func isText(name string) bool {
	return name == "Makefile" || name == filepath.Join(".ci", "run") || slices.Contains(texts, filepath.Ext(name))
}

func fileProblems(name string, src []byte) []string {
	if strings.HasSuffix(name, "_templ.go") {
		return nil // generated: its source is looked at
	}
	var problems []string
	if n := lineCount(src); n > maxLines && slices.Contains(sources, filepath.Ext(name)) {
		problems = append(problems, fmt.Sprintf("%s has %d lines, more than %d", name, n, maxLines))
	}
	for i, line := range bytes.Split(src, []byte("\n")) {
		if word := unfinished.Find(line); word != nil {
			problems = append(problems, fmt.Sprintf("%s:%d: %s belongs into an issue", name, i+1, word))
		}
	}
	if strings.HasSuffix(name, ".go") {
		problems = append(problems, goProblems(name, src)...)
	}
	return problems
}

func goProblems(name string, src []byte) []string {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		return []string{err.Error()}
	}
	var problems []string
	report := func(n ast.Node, format string, args ...any) {
		problems = append(problems, fmt.Sprintf("%s: ", fset.Position(n.Pos()))+fmt.Sprintf(format, args...))
	}
	tests := strings.HasSuffix(name, "_test.go") || imports(file, "testing")
	for n := range ast.Preorder(file) {
		if f, ok := n.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
			report(n, "no init functions: what a part needs is in its struct")
		}
		if f, ok := n.(*ast.FuncDecl); ok && !tests && f.Body != nil && len(f.Body.List) > 1 { // one statement is a table
			if lines := fset.Position(f.End()).Line - fset.Position(f.Pos()).Line + 1; lines > maxFunctionLines {
				report(n, "%s has %d lines, more than %d", f.Name.Name, lines, maxFunctionLines)
			}
		}
		if !tests {
			continue
		}
		if call, ok := n.(*ast.CallExpr); ok && isSkip(call) {
			report(n, "a skipped test counts as failed")
		}
		if call := callOf(n, "time", "Sleep"); call != "" {
			report(n, "%s: tests wait for what happens, or simulate time (testing/synctest)", call)
		}
	}
	return problems
}

func isSkip(call *ast.CallExpr) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	return ok && slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, sel.Sel.Name)
}

func imports(file *ast.File, path string) bool {
	return slices.ContainsFunc(file.Imports, func(s *ast.ImportSpec) bool {
		return s.Path.Value == `"`+path+`"`
	})
}

func lineCount(src []byte) int {
	n := bytes.Count(src, []byte("\n"))
	if len(src) > 0 && src[len(src)-1] != '\n' {
		n++
	}
	return n
}

// A dependency has its reason, at the version in use (CONTRIBUTING.md).
func TestDependenciesHaveTheirReason(t *testing.T) {
	t.Parallel()
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(root(t), name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	doc, direct := read("docs/dependencies.md"), map[string]bool{}
	for line := range strings.Lines(read("go.mod")) {
		f := strings.Fields(line)
		if !strings.HasPrefix(line, "\t") || len(f) != 2 {
			continue // those of others are marked "// indirect"
		}
		row := "| `" + f[0] + "` | " + f[1] + " |"
		direct[row] = true
		if !strings.Contains(doc, row) {
			t.Errorf("docs/dependencies.md lacks %s", row)
		}
	}
	for _, row := range regexp.MustCompile("(?m)^\\| `[^`]+` \\| v\\S+ \\|").FindAllString(doc, -1) {
		if !direct[row] {
			t.Errorf("docs/dependencies.md has %s, which is no direct dependency at this version", row)
		}
	}
	if len(direct) == 0 {
		t.Error("go.mod names no dependency")
	}
}
