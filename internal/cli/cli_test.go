package cli

import (
	"bytes"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// scrip runs a command line that ends by itself.
func scrip(t *testing.T, args ...string) (status int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	status = Main(t.Context(), args, Streams{strings.NewReader(""), &o, &e}, "v1.2.3")
	return status, o.String(), e.String()
}

var spaces = regexp.MustCompile(`\s+`)

// leaves are the commands that do something.
var leaves = []string{
	"serve", "setup", "demo", "key create", "key list", "key revoke", "verify", "database migrate", "database backup", "database copy", "secret rotate", "bench fill", "version",
}

func TestHelpExplainsEveryFlagWithItsDefaultAndItsVariable(t *testing.T) {
	t.Parallel()
	parser, err := newParser(Streams{}, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	flags := map[string]string{} // of variables
	for _, node := range parser.Model.Leaves(false) {
		have = append(have, node.Path())
		status, out, _ := scrip(t, append(strings.Fields(have[len(have)-1]), "--help")...)
		out = spaces.ReplaceAllString(out, " ")
		if status != 0 || !strings.Contains(out, node.Help) {
			t.Errorf("%s --help: status %d: %s", node.Path(), status, out)
		}
		for _, f := range node.Flags {
			if f.Name == "help" {
				continue
			}
			if len(f.Envs) != 1 || !strings.HasPrefix(f.Envs[0], "SCRIP_") || flags[f.Envs[0]] != "" && flags[f.Envs[0]] != f.Name {
				t.Errorf("%s --%s: variables %v", node.Path(), f.Name, f.Envs)
				continue
			}
			flags[f.Envs[0]] = f.Name
			said := regexp.MustCompile(`--` + f.Name + `(=\S+)? (\S.*?) \((default: \S+|required); \$` + f.Envs[0] + `\)`)
			if !f.Hidden && !said.MatchString(out) {
				t.Errorf("%s --help does not explain --%s: %s", node.Path(), f.Name, out)
			}
		}
	}
	if strings.Join(have, ",") != strings.Join(leaves, ",") {
		t.Errorf("commands %v", have)
	}
}

// What is secret comes from a file too.
func TestASecretHasAFile(t *testing.T) {
	t.Parallel()
	_, out, _ := scrip(t, "database", "copy", "--help")
	for _, want := range []string{"$SCRIP_DATABASE_FILE", "$SCRIP_KEYS_FILE", "$SCRIP_COPY_TO_FILE", "$SCRIP_KEYS "} {
		if !strings.Contains(spaces.ReplaceAllString(out, " "), want) {
			t.Errorf("no %s in %s", want, out)
		}
	}
	_, out, _ = scrip(t, "setup", "--help")
	if !strings.Contains(out, "$SCRIP_PASSWORD_FILE") || strings.Contains(out, "--password=") {
		t.Errorf("setup: %s", out)
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	if status, out, _ := scrip(t, "version"); status != 0 || out != "v1.2.3\n" {
		t.Errorf("%d %q", status, out)
	}
}

func TestAWrongCallSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ call, want string }{
		{"", `expected one of "serve"`},
		{"sell", "unexpected argument sell"},
		{"key", `expected one of "create", "list", "revoke"`},
		{"key sell", "unexpected argument sell"},
		{"key revoke", `expected "<id>"`},
		{"version now", "unexpected argument now"},
		{"serve --nope", "unknown flag --nope"},
		{"serve --key-rate=many", "--key-rate: expected a valid 64 bit int"},
		{"serve --key-rate=0", "--key-rate: Between 1 and"},
		{"serve --key-rate=-5", "--key-rate: Between 1 and"},
		{"serve --log-format=xml", `--log-format must be one of "text","json"`},
		{"serve --listen=8080", "--listen: This is not an address like localhost:8080"},
		{"serve --listen=localhost:99999", "--listen: This is not an address"},
		{"serve --trusted-proxies=10.0.0.0/99", "--trusted-proxies: Networks such as"},
		{"demo --listen=8080", "--listen: This is not an address"},
		{"demo --trusted-proxies=everybody", "--trusted-proxies: Networks such as"},
		{"setup", "missing flags: --currency=SGD, --email=ADDRESS, --organisation=NAME, --password-file=FILE, --time-zone=Asia/Singapore"},
		{"key create --name=till", "missing flags: --scopes=SCOPE"},
		{"verify --database=mysql://x", "--database: This is not a PostgreSQL address"},
		{"verify --database=scrip.db", "--database: This is not a PostgreSQL address"},
		{"verify --database=postgres://a --database-file=x", "--database-file: Give --database or a file that holds it, not both."},
		{"verify --database-file=/nowhere/at/all", "--database-file: This file cannot be read."},
		{"verify --database-file=" + empty, "--database-file: The first line of this file is empty."},
		{"database backup", `expected "<to>"`},
		{"database copy", "--to: This is not a PostgreSQL address"},
		{"database copy --to=sqlite:x", "--to: This is not a PostgreSQL address"},
		{"database copy --to-file=" + empty, "--to-file: The first line of this file is empty."},
		{"secret rotate --which=all", `--which must be one of "seal","fingerprint","both"`},
	} {
		status, out, errOut := scrip(t, strings.Fields(c.call)...)
		if status != 2 || out != "" || !strings.HasPrefix(errOut, "scrip: ") || !strings.Contains(errOut, c.want) || !strings.Contains(errOut, "--help") {
			t.Errorf("scrip %s: status %d, want 2 and %q: %s%s", c.call, status, c.want, out, errOut)
		}
	}
}

func TestAFailureNamesTheFlagAndIsStatusOne(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	dir := t.TempDir()
	weak := filepath.Join(dir, "weak")
	if err := os.WriteFile(weak, []byte("short\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, _, errOut := scrip(t, "database", "migrate", "--data="+filepath.Join(dir, "data")); status != 0 {
		t.Fatal(errOut)
	}
	bad := "setup --organisation=O --currency=SGDX --time-zone=Mars --email=nobody --password-file=" + weak
	for _, c := range []struct{ call, want string }{
		{"serve --listen=" + ln.Addr().String(), "--listen: This address cannot be listened on"},
		{bad, "--currency: This is not a currency"}, {bad, "--time-zone: This is not a time zone"}, {bad, "--email: This is not an e-mail"}, {bad, "--password-file: "},
		{"verify --database=postgres://127.0.0.1:1/x?connect_timeout=5", "--database: This database cannot be opened"},
		{"verify --database=postgres://u:hidden@%zz", "--database: This is not a PostgreSQL address"},
		{"database copy --to=postgres://u:hidden@127.0.0.1:1/x", "--to: This database cannot be opened"},
		{"setup --organisation=O --currency=SGD --time-zone=UTC --email=a@b.example --password-file=" + dir, "--password-file: This file cannot be read"},
	} {
		status, _, errOut := scrip(t, append(strings.Fields(c.call), "--data="+filepath.Join(dir, "data"))...)
		if status != 1 || !strings.Contains(errOut, c.want) || strings.Contains(errOut, "hidden") {
			t.Errorf("scrip %s: status %d, want 1 and %q: %s", c.call, status, c.want, errOut)
		}
	}
}

// A command that works on what is there makes nothing where there is nothing.
func TestNothingIsMadeInAWrongFolder(t *testing.T) {
	t.Parallel()
	for _, call := range []string{
		"verify", "key create --name=till --scopes=all", "key list", "key revoke key_1", "database backup " + filepath.Join(t.TempDir(), "b.db"), "database copy --to=postgres://127.0.0.1:1/x", "secret rotate",
	} {
		data := filepath.Join(t.TempDir(), "data")
		status, _, errOut := scrip(t, append(strings.Fields(call), "--data="+data)...)
		if status != 1 || !strings.Contains(errOut, "There is no database of Scrip here yet") {
			t.Errorf("scrip %s: status %d: %s", call, status, errOut)
		}
		if _, err := os.Stat(data); err == nil {
			t.Errorf("scrip %s made the folder", call)
		}
	}
}

func TestProfilesStayOnThisMachine(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	profile(mux)
	for _, c := range []struct {
		peer, header string
		want         int
	}{{"127.0.0.1:5", "", 200}, {"[::1]:5", "", 200}, {"192.0.2.1:5", "", 404}, {"127.0.0.1:5", "X-Forwarded-For", 404}, {"127.0.0.1:5", "Forwarded", 404}} {
		r := httptest.NewRequest("GET", "/debug/pprof/goroutine?debug=1", nil)
		if r.RemoteAddr = c.peer; c.header != "" {
			r.Header.Set(c.header, "203.0.113.9")
		}
		w := httptest.NewRecorder()
		if mux.ServeHTTP(w, r); w.Code != c.want {
			t.Errorf("%+v: got %d", c, w.Code)
		}
	}
}
