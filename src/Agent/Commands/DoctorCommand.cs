using System.CommandLine;
using System.Text.Json;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Commands;

/// <summary><c>sallyport doctor</c>: what this machine can observe and enforce, and why not.</summary>
internal static class DoctorCommand
{
    internal static Command Create(CommandContext context)
    {
        var json = new Option<bool>("--json") { Description = "Print one JSON document." };
        var command = new Command("doctor", "Say what this machine can observe and enforce, and why not.") { json };
        command.SetAction(parsed =>
        {
            var document = Examine();
            if (parsed.GetValue(json))
            {
                context.Output.WriteLine(JsonSerializer.Serialize(document, CommandsJson.Default.DoctorDocument));
            }
            else
            {
                Print(document, context.Output);
            }

            return document.CanEnforce ? ExitCode.Success : ExitCode.CannotEnforce;
        });
        return command;
    }

    internal static DoctorDocument Examine()
    {
        var machine = Machine.This();
        var checks = MachineChecks.All(machine);
        return new DoctorDocument(
            machine.KernelRelease,
            machine.Architecture,
            CanObserve: checks.All(check => check.Available || check.Needed != MachineCheck.ToObserve),
            CanEnforce: checks.All(check => check.Available || check.Needed == MachineCheck.Optional),
            checks,
            [.. Resolvers.OfThisMachine().Servers.Select(address => address.ToString())],
            ContainerRuntimes.Found());
    }

    private static void Print(DoctorDocument document, TextWriter output)
    {
        output.WriteLine($"Linux {document.Kernel} on {document.Architecture}");
        output.WriteLine($"observe   {Word(document.CanObserve)}    (audit mode)");
        output.WriteLine($"enforce   {Word(document.CanEnforce)}    (block mode)");
        output.WriteLine();
        foreach (var check in document.Checks)
        {
            output.WriteLine($"  {Word(check.Available),-3}  {check.Name,-34}  {check.Needed,-8}  {check.Detail}");
        }

        output.WriteLine();
        output.WriteLine($"resolvers           {Join(document.Resolvers, "none in /etc/resolv.conf: no name can be leased")}");
        output.WriteLine($"container runtimes  {Join(document.ContainerRuntimes, "none found")}");
    }

    private static string Word(bool available) => available ? "yes" : "no";

    private static string Join(IReadOnlyCollection<string> items, string none) =>
        items.Count == 0 ? none : string.Join(", ", items);
}
