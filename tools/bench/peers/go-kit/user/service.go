// Package user is the user service: the domain, its endpoint and its transports.
package user

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"time"
)

// User is a person with an account.
type User struct {
	Name        string    `json:"name"`
	Email       string    `json:"email"`
	DisplayName string    `json:"displayName"`
	State       string    `json:"state"`
	Roles       []string  `json:"roles"`
	CreateTime  time.Time `json:"createTime"`
	UpdateTime  time.Time `json:"updateTime"`
}

// ErrNotFound says that nobody has that name.
var ErrNotFound = errors.New("user not found")

// Service tells about users.
type Service interface {
	GetUser(ctx context.Context, name string) (User, error)
}

type memoryService map[string]User

// NewService holds the users of a file, a JSON array of {id, email, displayName}, in memory.
func NewService(file string) (Service, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var seeds []struct{ ID, Email, DisplayName string }
	if err := json.Unmarshal(text, &seeds); err != nil {
		return nil, err
	}
	registered := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	users := make(memoryService, len(seeds))
	for _, seed := range seeds {
		name := "users/" + seed.ID
		users[name] = User{
			Name:        name,
			Email:       seed.Email,
			DisplayName: seed.DisplayName,
			State:       "STATE_ACTIVE",
			Roles:       []string{},
			CreateTime:  registered,
			UpdateTime:  registered,
		}
	}
	return users, nil
}

func (s memoryService) GetUser(_ context.Context, name string) (User, error) {
	found, ok := s[name]
	if !ok {
		return User{}, ErrNotFound
	}
	return found, nil
}
