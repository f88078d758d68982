// Package middleware holds what stands around the endpoints of every process.
package middleware

import (
	"errors"
	"time"

	kitjwt "github.com/go-kit/kit/auth/jwt"
	"github.com/go-kit/kit/endpoint"
	"github.com/golang-jwt/jwt/v4"
)

var errClaims = errors.New("token is of another issuer, for another audience or says no end")

var tokenErrors = []error{
	errClaims,
	kitjwt.ErrTokenContextMissing,
	kitjwt.ErrTokenInvalid,
	kitjwt.ErrTokenExpired,
	kitjwt.ErrTokenMalformed,
	kitjwt.ErrTokenNotActive,
	kitjwt.ErrUnexpectedSigningMethod,
	jwt.ErrSignatureInvalid,
}

// Authenticate takes requests with a token that the secret signed (HS256) for the audience.
func Authenticate(secret []byte, issuer, audience string) endpoint.Middleware {
	key := func(*jwt.Token) (interface{}, error) { return secret, nil }
	newClaims := func() jwt.Claims { return &claims{issuer: issuer, audience: audience} }
	return kitjwt.NewParser(key, jwt.SigningMethodHS256, newClaims)
}

// IsTokenError tells a request without a good token from other failures.
func IsTokenError(err error) bool {
	for _, known := range tokenErrors {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}

type claims struct {
	jwt.RegisteredClaims
	issuer   string
	audience string
}

// Valid says whether the claims hold now.
func (c *claims) Valid() error {
	if err := c.RegisteredClaims.Valid(); err != nil {
		return err
	}
	known := c.VerifyIssuer(c.issuer, true) && c.VerifyAudience(c.audience, true) && c.VerifyExpiresAt(time.Now(), true)
	if !known {
		return errClaims
	}
	return nil
}
