// Package config holds the settings of the process: one struct, filled from flags
// and environment by the command line. What people change while the program runs
// (organisation, staff, gateways) lies in the database.
package config

import (
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/scriphq/scrip/internal/fault"
)

// Storage says where data and keys lie.
type Storage struct {
	Data         string `help:"Folder of the embedded database and the keys." default:"./data" env:"SCRIP_DATA" type:"path" placeholder:"DIR"`
	Database     string `help:"PostgreSQL address (postgres://…); SQLite inside the data folder when empty." env:"SCRIP_DATABASE" placeholder:"URL"`
	DatabaseFile string `help:"File that holds the PostgreSQL address." env:"SCRIP_DATABASE_FILE" placeholder:"FILE"`
	Keys         string `help:"The secret keys themselves, as text; set it by the environment only." env:"SCRIP_KEYS" hidden:""`
	KeysFile     string `help:"File of the secret keys; keys.json inside the data folder when empty. The keys themselves may stand in $$SCRIP_KEYS instead." env:"SCRIP_KEYS_FILE" placeholder:"FILE"`
}

// Serve says how the program listens.
type Serve struct {
	Listen          string   `help:"Address to listen on." default:"localhost:8080" env:"SCRIP_LISTEN" placeholder:"HOST:PORT"`
	TrustedProxies  []string `help:"Networks of reverse proxies whose X-Forwarded headers are believed." env:"SCRIP_TRUSTED_PROXIES" placeholder:"CIDR"`
	WebhookNetworks []string `help:"Private networks that webhooks may reach, over http too; none when left out." env:"SCRIP_WEBHOOK_NETWORKS" placeholder:"CIDR"`
	KeyRate         int      `help:"API requests a second allowed to one key." default:"5000" env:"SCRIP_KEY_RATE" placeholder:"N"`
	Profile         bool     `help:"Serve profiles under /debug/pprof, to this machine only." env:"SCRIP_PROFILE"`
	LogFormat       string   `help:"Log as text or json." enum:"text,json" default:"text" env:"SCRIP_LOG_FORMAT" placeholder:"FORMAT"`
}

// Validate refuses settings that contradict each other or cannot be read.
func (s *Storage) Validate() error {
	if s.Keys != "" && s.KeysFile != "" {
		return fault.Field("keys-file", "Give a file of the keys or, in SCRIP_KEYS, the keys themselves, not both.")
	}
	_, err := s.URL()
	return err
}

// Validate refuses what cannot be listened on.
func (s *Serve) Validate() error {
	_, port, err := net.SplitHostPort(s.Listen)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil {
		return fault.Field("listen", "This is not an address like localhost:8080.").Because(err)
	}
	if s.KeyRate < 1 || s.KeyRate > 1_000_000 {
		return fault.Field("key-rate", "Between 1 and 1000000 requests a second.")
	}
	return nil
}

// URL returns the address of the database: postgres://…, or sqlite: and a path.
func (s *Storage) URL() (string, error) {
	url, err := Secret("database", s.Database, s.DatabaseFile)
	if err != nil {
		return "", err
	}
	if url == "" {
		return "sqlite:" + filepath.Join(s.Data, "scrip.db"), nil
	}
	return url, CheckPostgres("database", url)
}

// KeysPath returns the file of the secret keys.
func (s *Storage) KeysPath() string {
	if s.KeysFile != "" {
		return s.KeysFile
	}
	return filepath.Join(s.Data, "keys.json")
}

// CheckPostgres refuses, in the name of a flag, what is no address of PostgreSQL.
func CheckPostgres(flag, url string) error {
	if strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://") {
		return nil
	}
	return fault.Field(flag, "This is not a PostgreSQL address: it begins with postgres://.")
}

// Secret returns the value of a flag or, in its place, the first line of the file of
// the flag's sibling NAME-file. It is empty when neither is given; a file is not.
func Secret(flag, value, file string) (string, error) {
	if file == "" {
		return value, nil
	}
	name := flag + "-file"
	if value != "" {
		return "", fault.Field(name, "Give --"+flag+" or a file that holds it, not both.")
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return "", fault.Field(name, "This file cannot be read.").Because(err)
	}
	line, _, _ := strings.Cut(string(content), "\n")
	if line = strings.TrimSuffix(line, "\r"); line == "" {
		return "", fault.Field(name, "The first line of this file is empty.")
	}
	return line, nil
}
