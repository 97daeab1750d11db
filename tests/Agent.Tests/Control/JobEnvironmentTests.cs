using System.Collections.Immutable;
using System.Text;
using Sallyport.Agent.Control;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Tests.Control;

public sealed class JobEnvironmentTests
{
    private static readonly UserAccount User = new(1000, 1000, [1000], "ada", "/home/ada", "/bin/bash");

    [Fact]
    public void Without_sudo_every_entry_passes_in_order()
    {
        ImmutableArray<byte[]> entries = [.. new[] { "B=2", "A=\xff", "HOME=/root", "no sign" }.Select(Encoding.Latin1.GetBytes)];
        Assert.Equal(entries, JobEnvironment.For(entries, User, throughSudo: false));
    }

    [Fact]
    public void What_sudo_put_in_place_is_taken_back()
    {
        string[] given = ["PATH=/sbin", "HOME=/root", "USER=root", "SUDO_UID=1000", "HOMEPAGE=x", "SUDO_COMMAND=a", "MAIL=/var/mail/root"];
        var entries = JobEnvironment.For([.. given.Select(Encoding.UTF8.GetBytes)], User, throughSudo: true);
        Assert.Equal(
            ["PATH=/sbin", "HOMEPAGE=x", "LOGNAME=ada", "USER=ada", "HOME=/home/ada", "SHELL=/bin/bash"],
            entries.Select(Encoding.UTF8.GetString));
    }
}
