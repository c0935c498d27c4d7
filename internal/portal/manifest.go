package portal

import (
	"encoding/json"

	"github.com/scriphq/scrip/internal/ui"
)

// webManifest is what a phone needs to install the portal (W3C Web Application Manifest).
type webManifest struct {
	ID         string         `json:"id"`
	Name       string         `json:"name"`
	ShortName  string         `json:"short_name"`
	Lang       string         `json:"lang"`
	Dir        string         `json:"dir"`
	StartURL   string         `json:"start_url"`
	Scope      string         `json:"scope"`
	Display    string         `json:"display"`
	Background string         `json:"background_color"`
	Theme      string         `json:"theme_color"`
	Icons      []manifestIcon `json:"icons"`
}

type manifestIcon struct {
	Src     string `json:"src"`
	Sizes   string `json:"sizes"`
	Type    string `json:"type"`
	Purpose string `json:"purpose"`
}

func (p *portal) manifest(v *visit) error {
	m := webManifest{
		ID: "/", Name: v.org.Name, ShortName: v.org.Name, Lang: v.text.Code(), Dir: v.text.Dir(), StartURL: "/", Scope: "/", Display: "standalone",
		Background: "#ffffff", Theme: "#0b6b4d",
	}
	for _, purpose := range []string{"any", "maskable"} {
		m.Icons = append(m.Icons, manifestIcon{Src: ui.Asset("logo.svg"), Sizes: "any", Type: "image/svg+xml", Purpose: purpose})
	}
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "application/manifest+json")
	v.w.Header().Set("Cache-Control", "no-cache")
	_, err = v.w.Write(body)
	return err
}
