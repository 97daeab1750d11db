echo "who $1 action $GITHUB_ACTION"
env | sort
