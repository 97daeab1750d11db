using System.Diagnostics;
using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// R18: what a step sets for the steps after it by GITHUB_ENV and GITHUB_PATH is told by name, in whichever way it comes into the runner's
/// file, with step and process; what setup actions set is recorded and no finding. That the runner takes each is seen by the last step.
/// </summary>
[Collection(nameof(ServedDocker))]
public sealed class LaterSettingTests(DockerFixture fixture)
{
    private const string Workflow = """
        name: Later
        on: push
        jobs:
          build:
            runs-on: self-hosted
            steps:
              - name: Sets up
                id: honest
                run: |
                  {
                    echo "JAVA_HOME=/usr/lib/jvm/any"
                    echo "LD_LIBRARY_PATH=$RUNNER_TOOL_CACHE/any/lib"
                    echo "JAVA_TOOL_OPTIONS=-Xmx512m"
                    printf 'NOTE<<EOF\nLD_PRELOAD=/any.so\nEOF\n'
                  } >> "$GITHUB_ENV"
                  echo "$GITHUB_WORKSPACE/bin" >> "$GITHUB_PATH"
              - name: Appends
                id: appended
                run: echo "GIT_SSH_COMMAND=owned" >> "$GITHUB_ENV"
              - name: Renames
                id: renamed
                run: |
                  echo "GIT_ASKPASS=owned" > "$RUNNER_TEMP/other"
                  mv "$RUNNER_TEMP/other" "$GITHUB_ENV"
              - name: Links
                id: linked
                run: |
                  ln "$GITHUB_ENV" "$RUNNER_TEMP/name"
                  echo "PERL5DB=owned" >> "$RUNNER_TEMP/name"
              - name: Writes wide
                id: wide
                run: echo "GIT_PROXY_COMMAND=owned" | iconv -t utf-16 > "$GITHUB_ENV"
              - name: Maps
                id: mapped
                run: |
                  cat > "$RUNNER_TEMP/map.py" <<'END'
                  import mmap, os, sys, time
                  text = b"SSH_ASKPASS=owned\n"
                  file = os.open(sys.argv[1], os.O_RDWR)
                  os.ftruncate(file, len(text))
                  shared = mmap.mmap(file, len(text))
                  os.close(file)
                  time.sleep(0.5)
                  shared[:] = text
                  open(sys.argv[2], "w").close()
                  while not os.path.exists(sys.argv[3]):
                      time.sleep(0.05)
                  shared[:] = b" " * len(text)
                  END
                  python3 "$RUNNER_TEMP/map.py" "$GITHUB_ENV" "$RUNNER_TEMP/mapped" "$RUNNER_TEMP/taken" < /dev/null > /dev/null 2>&1 &
                  until [ -e "$RUNNER_TEMP/mapped" ]; do sleep 0.05; done
              - name: Contains
                id: contained
                run: |
                  docker run --rm -v "$RUNNER_TEMP/_runner_file_commands:/f" ubuntu:latest bash -c "echo RUBYOPT=owned >> /f/${GITHUB_ENV##*/}; sleep 0.3"
              - name: Points
                id: pointed
                run: |
                  # What was mapped stays until the agent has it on disk; without the agent there is no such file.
                  for i in $(seq 300); do
                    recording=$(ls /var/lib/sallyport/spool/*/recording.ndjson.zst 2> /dev/null) || break
                    zstdcat $recording 2> /dev/null | grep -q '"SSH_ASKPASS"' && break
                    sleep 0.1
                  done
                  touch "$RUNNER_TEMP/taken"
                  echo "GIT_EXTERNAL_DIFF=owned" > "$RUNNER_TEMP/target"
                  ln -sf "$RUNNER_TEMP/target" "$GITHUB_ENV"
              - name: Covers
                id: covered
                run: |
                  echo "GIT_TEMPLATE_DIR=owned" > "$RUNNER_TEMP/cover"
                  mount --bind "$RUNNER_TEMP/cover" "$GITHUB_ENV"
                  echo "$GITHUB_ENV" > "$RUNNER_TEMP/covered"
              - name: Adds
                id: added
                run: echo /tmp/any >> "$GITHUB_PATH"
              - name: After
                id: after
                run: |
                  umount "$(cat "$RUNNER_TEMP/covered")"
                  env
                  test "$GIT_SSH_COMMAND $GIT_ASKPASS $PERL5DB $GIT_PROXY_COMMAND $SSH_ASKPASS $RUBYOPT $GIT_EXTERNAL_DIFF $GIT_TEMPLATE_DIR" \
                    = "owned owned owned owned owned owned owned owned"
                  case "$PATH" in /tmp/any:*/bin:*) ;; *) exit 1 ;; esac
        """;

    [Fact]
    public async Task What_a_step_sets_for_later_ones_is_told_by_its_name()
    {
        WorkflowRun off = await fixture.Machine.RunAsync(Workflow);
        Assert.True(off.ConclusionOf() == "success" && off.Reports.Count == 0, off.ToString());
        await using AgentProcess agent = await fixture.Machine.ServeWithAsync("version: 1\nmode: audit");
        WorkflowRun run = await fixture.Machine.RunAsync(Workflow);
        Assert.True(run.ConclusionOf() == "success" && run.Report.IsComplete, run.ToString());
        JsonElement[] found = [.. run.Report.Findings.Where(row => JobReport.Text(row, "id")!.StartsWith("later-", StringComparison.Ordinal))];
        Assert.Equal(
            [
                "later-code-set appended GIT_SSH_COMMAND", "later-code-set contained RUBYOPT", "later-code-set linked PERL5DB",
                "later-code-set mapped SSH_ASKPASS", "later-code-set renamed GIT_ASKPASS", "later-code-set wide GIT_PROXY_COMMAND",
                "later-search-set added /tmp/any", "later-settings-hidden  something is mounted over it",
                "later-settings-hidden pointed it is a link, or no file",
            ],
            // A mount may be told twice.
            found.Select(row => string.Join(' ', JobReport.Text(row, "id"), JobReport.Text(row, "step"), WhatOf(row))).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        // Who has mounted something the kernel does not tell.
        Assert.All(found, row => Assert.True(
            JobReport.Text(row, "step") is null == JobReport.Text(row, "process") is null, $"{row}\n{run}"));

        string[] recorded = await RecordedAsync(run);
        foreach (string what in (string[])["\"variable\":\"JAVA_HOME\"", "\"variable\":\"LD_LIBRARY_PATH\"", "\"variable\":\"NOTE\"", "/bin\",\"effect\":null"])
        {
            Assert.Contains(recorded, line => line.Contains(what, StringComparison.Ordinal));
        }

        Assert.DoesNotContain(recorded, line => line.Contains("LD_PRELOAD", StringComparison.Ordinal) || line.Contains("owned", StringComparison.Ordinal));
    }

    private static string? WhatOf(JsonElement finding)
    {
        JsonElement evidence = finding.GetProperty("evidence");
        return ((string[])["variable", "folder", "why"])
            .Select(name => evidence.TryGetProperty(name, out JsonElement value) ? value.GetString() : null).FirstOrDefault(value => value is not null);
    }

    private static async Task<string[]> RecordedAsync(WorkflowRun run)
    {
        ProcessStartInfo start = new("/usr/bin/zstdcat", [Path.Combine(run.Report.Folder, "recording.ndjson.zst")]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string text = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        return [.. text.Split('\n').Where(line => line.Contains("\"type\":\"environmentSet\"", StringComparison.Ordinal))];
    }
}
