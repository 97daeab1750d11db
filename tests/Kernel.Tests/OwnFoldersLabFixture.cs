namespace Sallyport.Kernel.Tests;

/// <summary>
/// A laboratory whose client has folders of the system of its own: what a test writes there the machine never has. /etc begins as the
/// machine's, the others are empty.
/// </summary>
public sealed class OwnFoldersLabFixture : LabFixture
{
    private const string Prepare = """
        mkdir -p /run/lab/etc
        cp -a /etc/. /run/lab/etc
        for place in /etc /usr/local /usr/lib/systemd /usr/lib/python3 /usr/share/git-core /var/spool /root; do
          if [ -d $place ]; then mount -t tmpfs -o mode=755 none $place; fi
        done
        cp -a /run/lab/etc/. /etc
        mkdir -p /var/spool/cron/crontabs /etc/sudoers.d /etc/pam.d /etc/polkit-1/rules.d /run/systemd/system
        """;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        if (LabNetwork.WhyNot is null)
        {
            var prepared = await Lab.OutsideAsync("/bin/sh", "-ec", Prepare);
            Assert.True(prepared.ExitCode == 0, prepared.ToString());
        }
    }
}
