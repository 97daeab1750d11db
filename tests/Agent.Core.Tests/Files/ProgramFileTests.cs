using Sallyport.Agent.Core.Files;

namespace Sallyport.Agent.Core.Tests.Files;

public class ProgramFileTests
{
    [Theory]
    [InlineData("/usr/bin/bash", "bash --noprofile --norc -e -o pipefail /work/_temp/x.sh", "/work/_temp/x.sh")]
    [InlineData("/usr/bin/dash", "sh x.sh /tmp/other", "/home/me/x.sh")]
    [InlineData("/usr/bin/dash", "sh ../x.sh", "/home/x.sh")]
    [InlineData("/usr/bin/dash", "/bin/sh -e /tmp/x.sh one", "/tmp/x.sh")]
    [InlineData("/usr/bin/dash", "sh -c /tmp/x", null)]
    [InlineData("/usr/bin/bash", "bash -ec /tmp/x", null)]
    [InlineData("/usr/bin/dash", "sh", null)]
    [InlineData("/usr/bin/python3.11", "python3 -W ignore -u /tmp/x.py", "/tmp/x.py")]
    [InlineData("/usr/bin/python3.11", "python3 -c code /tmp/x.py", null)]
    [InlineData("/usr/bin/python3.11", "python3 -m module", null)]
    [InlineData("/opt/node/bin/node", "node --require hook.js /tmp/x.js", "/tmp/x.js")]
    [InlineData("/usr/bin/pwsh", "pwsh -command x", null)]
    [InlineData("/usr/bin/cat", "cat /tmp/x", null)]
    [InlineData("/bin/busybox", "busybox sh", null)]
    [InlineData("/bin/busybox", "busybox sh -e x.sh", "/home/me/x.sh")]
    [InlineData("/bin/busybox", "busybox cat /tmp/x", null)]
    [InlineData("/bin/busybox", "busybox", null)]
    [InlineData("/bin/busybox", "sh /tmp/x.sh", "/tmp/x.sh")]
    [InlineData("/bin/busybox", "/bin/ash x.sh", "/home/me/x.sh")]
    [InlineData("/bin/busybox", "-sh x.sh", "/home/me/x.sh")]
    [InlineData("/bin/busybox", "cat /tmp/x", null)]
    [InlineData("/bin/busybox", "rm -f /tmp/x", null)]
    [InlineData("/usr/bin/dash", "sh -", "/home/me/-")]
    [InlineData("/usr/bin/dash", "", null)]
    public void An_interpreters_script_is_its_first_argument_that_is_none_of_its_options(string exe, string argv, string? script) =>
        Assert.Equal(script, ProgramFile.ScriptOf(exe, argv.Split(' '), "/home/me"));

    [Theory]
    [InlineData("/usr/bin/cc", true)]
    [InlineData("/usr/local/bin/cc", false)]
    [InlineData("/tmp/usr/bin/cc", false)]
    [InlineData("memfd:x", false)]
    public void Programs_of_the_system_are_known_by_their_folders(string path, bool isOfSystem) =>
        Assert.Equal(isOfSystem, ProgramFile.IsOfSystem(path));

    [Theory]
    [InlineData("/var/lib/sallyport", true)]
    [InlineData("/var/lib/sallyport/spool/x", true)]
    [InlineData("/var/lib", true)]
    [InlineData("/var/lib/sally", false)]
    [InlineData("/var/lib/sallyport-other", false)]
    public void What_covers_files_of_the_agent_is_at_above_or_below_them(string path, bool covers) =>
        Assert.Equal(covers, AgentPaths.AreCoveredBy(path));
}
