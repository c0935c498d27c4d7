// Package archtest holds the tree to docs/architecture.md: who may import
// whom, and the house rules that a machine can check.
package archtest

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/scriphq/scrip/"

// rule says what the code of a package, tests apart, may see.
type rule struct {
	ring   int
	may    string // packages of ours, beside those inside its own folder; * is all
	mayNot string // packages of others, with everything below them
	std    bool   // of others, may see nothing but the standard library and extra
	extra  string
	clock  bool // may not read or wait for the time
}

const (
	ring0   = "fault id money "
	sql     = "database/sql github.com/jackc/pgx modernc.org/sqlite zombiezen.com/go/sqlite "
	helpers = "testenv store/storetest test/browser"
)

// rules is the table of docs/architecture.md. A folder without a line of its
// own follows the line of the folder above it.
var rules = map[string]rule{
	"fault": {ring: 0, std: true},
	"id":    {ring: 0, std: true, extra: "github.com/google/uuid"},
	"money": {ring: 0, may: "fault", std: true},

	"coupon": {ring: 1, may: ring0, mayNot: sql + "net/http log os", clock: true},
	"seal":   {ring: 1, may: ring0, mayNot: sql + "net/http"},
	"expert": {ring: 1, may: ring0, mayNot: sql + "net/http log os", clock: true},

	"engine": {ring: 2, may: ring0 + "coupon seal", mayNot: "net/http"},
	"store":  {ring: 2, may: ring0 + "coupon"},
	"notify": {ring: 2, may: ring0 + "coupon"},
	"job":    {ring: 2, may: ring0 + "coupon"},
	"app":    {ring: 2, may: ring0 + "engine coupon expert seal", mayNot: sql + "net/http html github.com/a-h/templ"},

	"httpx":  {ring: 3, may: ring0},
	"ui":     {ring: 3, may: ring0 + "httpx"},
	"api":    {ring: 3, may: ring0 + "app coupon httpx"},
	"admin":  {ring: 3, may: ring0 + "app coupon httpx ui"},
	"portal": {ring: 3, may: ring0 + "app coupon httpx ui"},
	"config": {ring: 3, may: ring0},

	"client":      {ring: 4, std: true},
	"cli":         {ring: 4, may: "*"},
	"cmd/scrip":   {ring: 4, may: "cli"},
	"cmd/testenv": {ring: 4, may: "testenv"},

	"testenv":         {ring: 0},
	"store/storetest": {ring: 2, may: ring0 + "coupon store testenv"},
	"archtest":        {ring: 0},
	"test":            {ring: 4, may: helpers + " client"},
	"test/bench":      {ring: 4, may: "app client coupon id seal store testenv"},
}

// listed is what go list tells of a package.
type listed struct {
	ImportPath, Name, Dir              string
	GoFiles                            []string
	Imports, TestImports, XTestImports []string
}

func TestImports(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		for _, problem := range importProblems(p) {
			t.Error(problem)
		}
	}
}

func TestPackageNames(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if problem := nameProblem(p.Name); problem != "" {
			t.Errorf("%s: %s", short(p.ImportPath), problem)
		}
	}
}

func TestDomainHasNoClock(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if r, ok := ruleOf(short(p.ImportPath)); !ok || !r.clock {
			continue
		}
		for _, name := range p.GoFiles {
			path := filepath.Join(p.Dir, name)
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, problem := range clockProblems(path, src) {
				t.Error(problem)
			}
		}
	}
}

func importProblems(p listed) []string {
	name := short(p.ImportPath)
	r, ok := ruleOf(name)
	if !ok {
		return []string{name + " has no line in the table of docs/architecture.md and of this test"}
	}
	var problems []string
	refuse := func(format string, args ...any) {
		problems = append(problems, name+fmt.Sprintf(format, args...))
	}
	for _, path := range p.Imports {
		if ours, ok := strings.CutPrefix(path, module); ok {
			if ours = strings.TrimPrefix(ours, "internal/"); !r.sees(name, ours) {
				refuse(" (ring %d) may not import %s", r.ring, ours)
			}
			continue
		}
		if covers(r.mayNot, path) {
			refuse(" may not see %s", path)
		}
		if r.std && !isStandard(path) && !covers(r.extra, path) {
			refuse(" may see nothing but the standard library, not %s", path)
		}
	}
	for _, path := range append(p.TestImports, p.XTestImports...) {
		if ours, ok := strings.CutPrefix(path, module); ok {
			if ours = strings.TrimPrefix(ours, "internal/"); !r.testSees(name, ours) {
				refuse("'s tests may not import %s", ours)
			}
		}
	}
	return problems
}

func (r rule) sees(name, other string) bool {
	if slices.Contains(strings.Fields(r.may), other) {
		return true
	}
	if slices.Contains(strings.Fields(helpers), other) {
		return false // for tests, whatever the folder
	}
	return family(name) == family(other) || covers(r.may, other) || r.may == "*"
}

// testSees lets the tests of rings 2 and up stand on real parts from their
// own ring downwards; the inner rings are tested alone.
func (r rule) testSees(name, other string) bool {
	if r.sees(name, other) || other == "testenv" || family(name) == family(other) {
		return true
	}
	o, ok := ruleOf(other)
	return ok && r.ring >= 2 && (o.ring <= r.ring || slices.Contains(strings.Fields(helpers), other))
}

// ruleOf finds the line of a package or of the nearest folder above it.
func ruleOf(name string) (rule, bool) {
	for {
		if r, ok := rules[name]; ok {
			return r, true
		}
		i := strings.LastIndexByte(name, '/')
		if i < 0 {
			return rule{}, false
		}
		name = name[:i]
	}
}

// covers reports whether path is one of the listed packages or below one.
func covers(list, path string) bool {
	return slices.ContainsFunc(strings.Fields(list), func(p string) bool {
		return path == p || strings.HasPrefix(path, p+"/")
	})
}

func short(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, module), "internal/")
}

func family(name string) string {
	first, _, _ := strings.Cut(name, "/")
	return first
}

func isStandard(path string) bool {
	return !strings.Contains(family(path), ".")
}

func nameProblem(name string) string {
	for _, bad := range strings.Fields("util utils common model models helper helpers base type types manager managers misc") {
		if name == bad {
			return "a package is named after what it is about, not " + bad
		}
	}
	if name != strings.ToLower(name) || strings.Contains(name, "_") {
		return "a package name is one lower-case word, not " + name
	}
	return ""
}

func clockProblems(path string, src []byte) []string {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, src, parser.SkipObjectResolution)
	if err != nil {
		return []string{err.Error()}
	}
	var problems []string
	for n := range ast.Preorder(file) {
		if call := callOf(n, "time", "Now Since Until Sleep After AfterFunc Tick NewTimer NewTicker"); call != "" {
			problems = append(problems, fmt.Sprintf("%s: %s: here the time is an argument", fset.Position(n.Pos()), call))
		}
	}
	return problems
}

// callOf returns pkg.Name when n mentions one of the names of pkg.
func callOf(n ast.Node, pkg, names string) string {
	sel, ok := n.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	x, ok := sel.X.(*ast.Ident)
	if !ok || x.Name != pkg || !slices.Contains(strings.Fields(names), sel.Sel.Name) {
		return ""
	}
	return pkg + "." + sel.Sel.Name
}

// packages lists the module's packages, broken ones too.
func packages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Name,Dir,GoFiles,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = root(t)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var p listed
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) == 0 {
		t.Fatal("go list found no packages")
	}
	return all
}

// root is the folder with go.mod.
func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		t.Fatal("no go.mod above")
	}
}
