package client

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Event is what a webhook is told.
type Event struct {
	Type      string    `json:"type"` // voucher.redeemed, batch.completed …
	Timestamp time.Time `json:"timestamp"`
	Data      struct {
		ID       string         `json:"id"` // of the event: the same when it is sent again
		Subject  string         `json:"subject"`
		Version  int64          `json:"version"` // the subject's after it: the order within a subject
		Campaign string         `json:"campaign"`
		Customer string         `json:"customer"`
		By       Actor          `json:"by"`
		Details  map[string]any `json:"details"`
	} `json:"data"`
}

// tolerance is how far the time of a webhook may be from ours, so that a recorded one
// cannot be played again later.
const tolerance = 5 * time.Minute

// ErrSignature means that a webhook is not to be trusted: answer 400 and do nothing.
var ErrSignature = errors.New("scrip: the signature of the webhook is not valid")

// ReadEvent checks a webhook after Standard Webhooks and reads it. header and body are the
// request's, the body byte for byte; secrets begin with whsec_, the old one beside the new
// one while they are being exchanged. It fails with ErrSignature.
//
// The same event may come again: remember Data.ID.
func ReadEvent(header http.Header, body []byte, now time.Time, secrets ...string) (Event, error) {
	var e Event
	id, stamp := header.Get("webhook-id"), header.Get("webhook-timestamp")
	sec, err := strconv.ParseInt(stamp, 10, 64)
	if id == "" || err != nil || now.Sub(time.Unix(sec, 0)).Abs() > tolerance {
		return e, ErrSignature
	}
	for _, secret := range secrets {
		if !signed(secret, id+"."+stamp+"."+string(body), header.Get("webhook-signature")) {
			continue
		}
		if json.Unmarshal(body, &e) != nil {
			return Event{}, errUnreadable
		}
		return e, nil
	}
	return e, ErrSignature
}

func signed(secret, message, signatures string) bool {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil || len(key) == 0 {
		return false
	}
	m := hmac.New(sha256.New, key)
	m.Write([]byte(message))
	want := "v1," + base64.StdEncoding.EncodeToString(m.Sum(nil))
	for one := range strings.FieldsSeq(signatures) {
		if hmac.Equal([]byte(one), []byte(want)) {
			return true
		}
	}
	return false
}
