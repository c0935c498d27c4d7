package config_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/scriphq/scrip/internal/config"
	"github.com/scriphq/scrip/internal/fault"
)

// file writes a file of the test.
func file(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWhereTheDatabaseLies(t *testing.T) {
	t.Parallel()
	url := "postgres://scrip:p%20w@db.internal/scrip"
	for _, c := range []struct {
		name  string
		in    config.Storage
		want  string
		field string
	}{
		{"SQLite in the data folder", config.Storage{Data: "/srv/scrip"}, "sqlite:/srv/scrip/scrip.db", ""},
		{"an address", config.Storage{Database: url}, url, ""},
		{"the other scheme", config.Storage{Database: "postgresql://h/d"}, "postgresql://h/d", ""},
		{"a file with the address", config.Storage{DatabaseFile: file(t, url+"\n")}, url, ""},
		{"a file of another system, with more in it", config.Storage{DatabaseFile: file(t, url+"\r\n# production\r\n")}, url, ""},
		{"an empty file is not SQLite", config.Storage{Data: "/srv/scrip", DatabaseFile: file(t, "\n")}, "", "database-file"},
		{"a file that holds something else", config.Storage{DatabaseFile: file(t, "db.internal")}, "", "database"},
		{"no file", config.Storage{DatabaseFile: "/nowhere/at/all"}, "", "database-file"},
		{"both", config.Storage{Database: url, DatabaseFile: file(t, url)}, "", "database-file"},
		{"another database", config.Storage{Database: "mysql://h/d"}, "", "database"},
		{"keys twice", config.Storage{Data: "d", Keys: "{}", KeysFile: "f"}, "sqlite:d/scrip.db", "keys-file"},
	} {
		err := c.in.Validate()
		if c.field != "" && (err == nil || fault.Of(err).Kind != fault.Invalid || fault.Of(err).Fields[c.field] == "") {
			t.Errorf("%s: %v, want a fault of %s", c.name, err, c.field)
		}
		if c.field == "" && err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if got, _ := c.in.URL(); c.want != "" && got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestAPasswordKeepsItsSpaces(t *testing.T) {
	t.Parallel()
	if got, err := config.Secret("password", "", file(t, " two  words \r\nnot this\n")); err != nil || got != " two  words " {
		t.Errorf("%q, %v", got, err)
	}
}
