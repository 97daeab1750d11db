using System.Net;
using Sallyport.Demo.World;

// The whole outside world of the demonstration, in a network namespace of its own: a name server, a package registry
// and the attacker's collector. `world FOLDER` waits for a line on standard input (its addresses are being set up),
// prints `ready`, and ends when standard input does: it cannot outlive the script that started it.
if (args is not [string folder])
{
    await Console.Error.WriteLineAsync("usage: world FOLDER");
    return 64;
}

Console.WriteLine("here");
if (await Console.In.ReadLineAsync() is null)
{
    return 0;
}

using var arrivals = new ArrivalLog(Path.Combine(folder, "arrivals"));
using var authority = new CertificateAuthority();
await File.WriteAllTextAsync(Path.Combine(folder, "ca.pem"), authority.CertificatePem);

using var names = new NameServer(new IPEndPoint(WorldAddresses.NameServer, 53), arrivals);
await using WebApplication registry = Registry.Create(authority, Path.Combine(AppContext.BaseDirectory, "package"));
await using WebApplication collector = Collector.Create(authority, arrivals);

using var stopping = new CancellationTokenSource();
Task answering = names.AnswerAsync(stopping.Token);
await registry.StartAsync();
await collector.StartAsync();
Console.WriteLine("ready");

while (await Console.In.ReadLineAsync() is not null)
{
}

await stopping.CancelAsync();
await answering;
return 0;
