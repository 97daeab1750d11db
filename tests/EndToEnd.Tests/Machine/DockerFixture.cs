using Sallyport.Docker.Tests.Machine;
using Sallyport.Lab;
using Sallyport.Lab.Processes;

namespace Sallyport.EndToEnd.Tests.Machine;

/// <summary>
/// A machine with a dockerd of its own and two images, imported and not pulled. `ubuntu:latest`: bash and curl of this machine
/// with their libraries, an apt-get that fetches two pages, and busybox. `services/web:1`: a service that says `served` on port
/// 80, and that calls out for whoever calls it on port 81.
/// </summary>
public sealed class DockerFixture : IAsyncLifetime
{
    private const string MakeImage = """
        image=/run/lab/work/image
        mkdir -p $image/bin $image/usr/bin $image/etc/ssl/certs $image/tmp
        cp "$(command -v busybox)" $image/bin/busybox
        for name in sh cat sleep echo date true touch tail ls seq timeout; do ln -s busybox $image/bin/$name; done
        for program in /usr/bin/bash /usr/bin/curl; do
          cp $program $image/bin/
          for file in $(ldd $program | grep -o '/[^ ]*'); do
            mkdir -p $image/$(dirname $file)
            cp -Lu $file $image/$file
          done
        done
        cp /run/lab/ca.pem $image/etc/ssl/certs/ca-certificates.crt
        cat > $image/usr/bin/apt-get <<'EOF'
        #!/bin/bash
        # Stand-in: the traffic of apt-get, without its packages.
        curl -sS -o /dev/null http://archive.ubuntu.com/ubuntu/ && curl -sS -o /dev/null http://security.ubuntu.com/ubuntu/
        EOF
        chmod 755 $image/usr/bin/apt-get
        tar -C $image -c . | docker import --change 'ENV PATH=/usr/bin:/bin' --change 'ENV CURL_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt' - ubuntu:latest
        """;

    /// <summary>Its argument is the address that the service calls.</summary>
    private const string MakeService = """
        image=/run/lab/work/service
        cp -a /run/lab/work/image $image
        mkdir $image/www
        echo served > $image/www/index.html
        printf '#!/bin/sh\nread -r line\nexec curl -sS --max-time 30 http://%s/relayed\n' "$1" > $image/relay
        printf '#!/bin/sh\nbusybox httpd -p 80 -h /www\nexec busybox nc -ll -p 81 -e /relay\n' > $image/serve
        chmod 755 $image/relay $image/serve
        tar -C $image -c . | docker import --change 'ENV PATH=/usr/bin:/bin' --change 'CMD ["/serve"]' - services/web:1
        """;

    private RunnerMachine? _machine;
    private LabProcess? _daemon;

    public RunnerMachine Machine
    {
        get
        {
            Assert.SkipWhen(LabNetwork.WhyNot is not null, LabNetwork.WhyNot ?? "");
            return _machine!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (LabNetwork.WhyNot is not null)
        {
            return;
        }

        _machine = await RunnerMachine.CreateAsync();
        try
        {
            RuncLeftovers.Remove(_machine.Network.CgroupRoot);
            await LeaveRoomAsync(_machine);
            _daemon = await DockerDaemon.StartAsync(_machine.Network);
            await _machine.ShellAsync(MakeImage);
            await _machine.ShellAsync(MakeService, LabAddresses.Attacker);
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _machine, null) is { } machine)
        {
            _daemon?.Dispose();
            await machine.DisposeAsync();
            RuncLeftovers.Remove(machine.Network.CgroupRoot);
        }
    }

    /// <summary>dockerd takes no network that a route already covers: the client keeps the lower half, as the world does.</summary>
    private static Task<string> LeaveRoomAsync(RunnerMachine machine) => machine.ShellAsync($"""
        interface=$(ip -oneline -4 address show to {LabAddresses.Client} | cut -d ' ' -f 2)
        ip address del {LabAddresses.Client}/24 dev "$interface"
        ip address add {LabAddresses.Client}/25 dev "$interface"
        ip route replace default via {LabAddresses.Gateway}
        """);
}
