using Sallyport.EndToEnd.Tests.Machine;

namespace Sallyport.EndToEnd.Tests;

/// <summary>What jobs leave under /var/lib/sallyport is bounded by number and size; the oldest go first, and none of a job that runs.</summary>
public sealed class RetentionTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    /// <summary>Results of jobs to come, by their names: newer than all that the tests make.</summary>
    private const string Plant = """
        cd /var/lib/sallyport/jobs
        for name in 1 2 3 4; do
          mkdir 2999010${name}T000000-$name
          head -c "$1" /dev/zero > 2999010${name}T000000-$name/recording
        done
        ln -s /etc 29981231T000000-5
        """;

    private string Jobs => Path.Combine(fixture.Machine.Network.WorkFolder, "var", "jobs");

    [Theory]
    [InlineData("{ jobs: 2, megabytes: 100 }", 1000, "4 3")]
    [InlineData("{ jobs: 100, megabytes: 1 }", 480_000, "4 3")]
    public async Task The_oldest_results_go_and_those_of_a_job_that_runs_stay(string keep, int bytes, string expected)
    {
        const string Workflow = """
            name: Kept
            on: push
            jobs:
              build:
                runs-on: self-hosted
                steps:
                  - run: |
                      touch $SIGNS/ready
                      while [ ! -e $SIGNS/go ]; do sleep 0.05; done
            """;
        await using AgentProcess agent = await fixture.Machine.ServeAsync($"keep: {keep}");
        string[] before = [.. fixture.Machine.JobFolders()];
        using StartedRun started = fixture.Machine.Start(Workflow);
        await started.SignAsync("ready");
        string own = Path.GetFileName(Assert.Single(fixture.Machine.JobFolders().Except(before)));
        await fixture.Machine.ShellAsync(Plant, $"{bytes}");
        string[] left = [.. expected.Split(' ').Select(name => $"2999010{name}T000000-{name}")];
        await UntilAsync([.. left, own]);

        // It has ended: it is one of the others, and the oldest.
        await File.WriteAllTextAsync(Path.Combine(started.Folder, "go"), "", TestContext.Current.CancellationToken);
        _ = await started.EndAsync();
        await UntilAsync(left);
        await fixture.Machine.ShellAsync("test -d /etc/sallyport; rm -r /var/lib/sallyport/jobs/2999*");
    }

    /// <summary>A reset of the machine leaves what is on disk, and nothing of /run: the recording as it was, and nobody to hand it over.</summary>
    [Fact]
    public async Task What_a_reset_broke_off_is_a_job_with_a_report_at_the_next_start_of_the_service_and_counts_as_one()
    {
        const string Workflow = $"""
            name: Reset
            on: push
            jobs:
              build:
                runs-on: self-hosted
                steps:
                  - run: |
                      curl -sS --max-time 30 http://{Lab.LabAddresses.Attacker}/out || true
                      until zstdcat /var/lib/sallyport/spool/*/recording.ndjson.zst 2> /dev/null | grep -q '"refused"'; do sleep 0.1; done
                      touch $SIGNS/ready
                      sleep 60
            """;
        const string Boot = """
            while umount /run/sallyport/bpf 2> /dev/null; do :; done
            rm -rf /run/sallyport/*
            mkdir /var/lib/sallyport/spool/20260101T000000-1
            """;
        string spool = Path.Combine(fixture.Machine.Network.WorkFolder, "var", "spool");
        string[] before = [.. fixture.Machine.JobFolders()];
        await using (AgentProcess first = await fixture.Machine.ServeWithAsync("version: 1\nmode: block\nallow: []"))
        using (StartedRun started = fixture.Machine.Start(Workflow))
        {
            await started.SignAsync("ready");
            fixture.Machine.Reset();
        }

        string folder = Assert.Single(fixture.Machine.JobFolders().Except(before));
        string id = Path.GetFileName(folder);
        Assert.Equal(id, Path.GetFileName(Assert.Single(Directory.GetDirectories(spool))));
        Assert.Empty(Directory.GetFiles(folder));
        await fixture.Machine.ShellAsync(Boot);

        await using AgentProcess next = await fixture.Machine.ServeAsync("keep: { jobs: 1, megabytes: 100 }");
        for (int i = 0; i < 1200 && Directory.GetDirectories(spool).Length > 0; i++)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        Assert.Empty(Directory.GetDirectories(spool));
        JobReport report = new(folder);
        Assert.Equal(["refused"], report.Verdicts("__run", Lab.LabAddresses.Attacker));
        Assert.False(report.IsComplete, report.ToString());
        Assert.True(report.Document.GetProperty("losses").TryGetProperty("agent-killed", out _), report.ToString());
        Assert.Equal("750\n644\n", await fixture.Machine.ShellAsync("cd \"/var/lib/sallyport/jobs/$1\"; stat -c %a . recording.ndjson.zst", id));

        // It is one of those that are kept: a newer one takes its place.
        await fixture.Machine.ShellAsync("mkdir /var/lib/sallyport/jobs/29990101T000000-1");
        await UntilAsync(["29990101T000000-1"]);
        await fixture.Machine.ShellAsync("rmdir /var/lib/sallyport/jobs/29990101T000000-1");
        string said = (await next.StopAsync()).Output;
        Assert.Contains($"job {id} was broken off; its recording and its report are in /var/lib/sallyport/jobs/{id}\n", said, StringComparison.Ordinal);
        Assert.Contains("job 20260101T000000-1 was broken off; it had recorded nothing\n", said, StringComparison.Ordinal);
    }

    private async Task UntilAsync(string[] names)
    {
        for (int i = 0; i < 1200; i++)
        {
            if (Found().SequenceEqual(names.Order(StringComparer.Ordinal)))
            {
                return;
            }

            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        Assert.Fail($"not as expected after 60 s: {string.Join(' ', Found())}");
    }

    private IEnumerable<string> Found() => Directory.GetFileSystemEntries(Jobs).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);
}
