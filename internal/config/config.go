// Package config holds the settings of the process: one struct, filled from flags
// and environment by the command line. What people change while the program runs
// (organisation, staff, gateways) lies in the database.
package config

import (
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
	KeysFile     string `help:"File of the secret keys; keys.json inside the data folder when empty." env:"SCRIP_KEYS_FILE" placeholder:"FILE"`
}

// Serve says how the program listens.
type Serve struct {
	Listen         string   `help:"Address to listen on." default:"localhost:8080" env:"SCRIP_LISTEN" placeholder:"HOST:PORT"`
	TrustedProxies []string `help:"Networks of reverse proxies whose X-Forwarded headers are believed." env:"SCRIP_TRUSTED_PROXIES" placeholder:"CIDR"`
	KeyRate        int      `help:"API requests a second allowed to one key." default:"5000" env:"SCRIP_KEY_RATE"`
	Profile        bool     `help:"Serve profiles under /debug/pprof, to this machine only." env:"SCRIP_PROFILE"`
	LogFormat      string   `help:"Log as text or json." enum:"text,json" default:"text" env:"SCRIP_LOG_FORMAT"`
}

// URL returns the address of the database.
func (s *Storage) URL() (string, error) {
	url := s.Database
	if url == "" && s.DatabaseFile != "" {
		content, err := os.ReadFile(s.DatabaseFile)
		if err != nil {
			return "", fault.Field("database-file", "The file with the database address cannot be read.").Because(err)
		}
		url = strings.TrimSpace(string(content))
	}
	if url == "" {
		return "sqlite:" + filepath.Join(s.Data, "scrip.db"), nil
	}
	return url, nil
}

// KeysPath returns the file of the secret keys.
func (s *Storage) KeysPath() string {
	if s.KeysFile != "" {
		return s.KeysFile
	}
	return filepath.Join(s.Data, "keys.json")
}
