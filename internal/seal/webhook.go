package seal

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"
)

// webhookSecretPrefix begins every secret of a webhook, as Standard Webhooks has it.
const webhookSecretPrefix = "whsec_"

// NewWebhookSecret returns "whsec_" and 32 random bytes in base64.
func NewWebhookSecret() string {
	key := randomKey()
	return webhookSecretPrefix + base64.StdEncoding.EncodeToString(key[:])
}

// SignWebhook signs a request after Standard Webhooks: "v1," and base64 of the
// HMAC-SHA-256 of its id, its time in seconds and its body, with dots between.
// ErrTampered means that the secret is not one.
func SignWebhook(secret, id string, at time.Time, body string) (string, error) {
	text, ok := strings.CutPrefix(secret, webhookSecretPrefix)
	key, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil || len(key) == 0 {
		return "", ErrTampered.Saying("The secret of a webhook is not one.")
	}
	m := hmac.New(sha256.New, key)
	m.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "." + body))
	return "v1," + base64.StdEncoding.EncodeToString(m.Sum(nil)), nil
}
