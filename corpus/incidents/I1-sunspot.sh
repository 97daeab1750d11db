# SolarWinds SUNSPOT (2020): a service waits for the compiler, changes one source file for as long as it runs, and puts it back.
cd "$WORK/i1" && git init -q -b main && git config user.email a@b.test && git config user.name a
mkdir src && echo 'int main(void) { return 0; }' > src/Inventory.c && git add . && git commit -q -m first
sleep 0.5
cat > ../implant.sh <<'IMPLANT'
until test -e compiling; do sleep 0.01; done
cp -p src/Inventory.c ../backup && sed 's/return 0/return 9/' ../backup > ../trojan && cat ../trojan > src/Inventory.c && touch changed
until test -e built; do sleep 0.01; done
cp -p ../backup src/Inventory.c && touch -r ../backup src/Inventory.c && touch restored
IMPLANT
sh ../implant.sh &
touch compiling; until test -e changed; do sleep 0.01; done
gcc -o app src/Inventory.c; sleep 0.3; touch built
until test -e restored; do sleep 0.01; done
git diff --quiet -- src && ! ./app && did compiled
