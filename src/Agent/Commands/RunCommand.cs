using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Control;
using Sallyport.Agent.Kernel;
using Sallyport.Agent.Upload;
using Sallyport.Policy;
using Sallyport.Wire;

namespace Sallyport.Agent.Commands;

/// <summary><c>sallyport run [options] -- COMMAND…</c>: options to <see cref="RunOptions"/>, then <see cref="JobRun"/>.</summary>
internal static class RunCommand
{
    internal const string Examples = """
        The command stands after --. It runs as the user who called, also through sudo, with this terminal, its own
        exit code (126 not executable, 127 not found, 128+n by signal n) and the signals that sallyport gets.

        Examples:
          sudo sallyport run -- make test
          sudo sallyport run --mode block --allow github.com:443 --allow '*.docker.io:443' -- docker build .
          sudo sallyport run --mode block --policy .sallyport.yml --fail-on refused,finding -- npm ci

        Exit codes of sallyport itself:
          10 --fail-on matched   64 wrong arguments or policy   66 policy or baseline cannot be read
          69 cannot enforce here 70 sallyport failed            73 output folder cannot be written
          77 not permitted
        """;

    internal static Command Create(CommandContext context, ImmutableArray<string>? command)
    {
        var mode = new Option<PolicyMode?>("--mode")
        {
            Description = "audit: everything leaves and is reported. block: what no rule allows is refused. Default audit.",
            HelpName = "audit|block",
            CustomParser = result => Parse(result, text => text switch
            {
                "audit" => PolicyMode.Audit,
                "block" => PolicyMode.Block,
                _ => (PolicyMode?)null,
            }, "audit or block"),
        };
        var allow = new Option<string[]>("--allow")
        {
            Description = "Endpoint that the job may reach: host, host:port, CIDR, udp://host:port, @group. Repeatable.",
            HelpName = "ENDPOINT",
        };
        var endpoints = new Option<string?>("--allowed-endpoints")
        {
            Description = "List of host:port with blanks between, as Harden-Runner reads it.",
            HelpName = "LIST",
        };
        var policy = new Option<string?>("--policy") { Description = "Policy file. Only the one named is read.", HelpName = "FILE" };
        var output = new Option<string?>("--output")
        {
            Description = "Folder for recording, reports and policy. Default .sallyport/<time in UTC>.",
            HelpName = "DIR",
        };
        var failOn = new Option<FailOn>("--fail-on")
        {
            Description = "End with exit code 10 when it happened: refused, finding, new (needs --baseline). Default never.",
            HelpName = "never|refused|finding|new,…",
            CustomParser = result => Parse<FailOn>(
                result, text => FailOnReader.TryParse(text, out var value) ? value : null, FailOnReader.Accepted) ?? FailOn.Never,
        };
        var baseline = new Option<string?>("--baseline")
        {
            Description = "report.json of an earlier run: what it does not have is new.",
            HelpName = "FILE",
        };
        var quiet = new Option<bool>("--quiet") { Description = "No status line and no table at the end." };
        var noColor = new Option<bool>("--no-color") { Description = "No colours. NO_COLOR in the environment does the same." };
        var cgroupRoot = new Option<string?>("--cgroup-root")
        {
            Description = "Advanced: cgroup v2 folder to attach to instead of the root of the hierarchy.",
            HelpName = "DIR",
        };
        var ringBytes = new Option<int?>("--ring-bytes")
        {
            Description = "Advanced: size of the main ring, a power of two from 4096.",
            HelpName = "N",
            CustomParser = result => Parse<int>(
                result,
                text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
                    && n >= 4096 && int.IsPow2(n) ? n : null,
                "a power of two from 4096 to 1073741824"),
        };
        var tasks = Smaller("--task-entries", "processes of the job alive at once", WireLimits.MaxTasks);
        var leases = Smaller("--lease-entries", "addresses learned from answers", WireLimits.MaxLeases);
        var noPass = new Option<bool>("--no-docker-socket")
        {
            Description = "Advanced: leave the sockets of Docker and Podman alone. Who asked for a container is then a guess.",
        };
        var noFiles = new Option<bool>("--no-file-monitoring")
        {
            Description = "Changes of files are not looked at; the report says so.",
        };
        var (server, key) = UploadCommand.Options();
        var run = new Command("run", "Run a command as a job: sallyport run [options] -- COMMAND…")
        {
            mode, allow, endpoints, policy, output, failOn, baseline, quiet, noColor, cgroupRoot, ringBytes, tasks,
            leases, noPass, noFiles, server, key,
        };
        run.SetAction(parsed => new JobRun(context, Check(new RunOptions(
            parsed.GetValue(mode),
            [.. parsed.GetValue(allow) ?? []],
            parsed.GetValue(endpoints),
            parsed.GetValue(policy),
            Path.GetFullPath(parsed.GetValue(output) ?? DefaultOutput(context.Clock)),
            parsed.GetValue(failOn),
            parsed.GetValue(baseline),
            parsed.GetValue(quiet),
            parsed.GetValue(noColor),
            parsed.GetValue(cgroupRoot),
            new TableSizes(parsed.GetValue(ringBytes), parsed.GetValue(tasks), parsed.GetValue(leases)),
            !parsed.GetValue(noPass),
            !parsed.GetValue(noFiles),
            parsed.GetValue(server) is { } address ? Credentials.Target(address, parsed.GetValue(key)) : null,
            command ?? []))).Run());
        return run;
    }

    private static Option<int?> Smaller(string name, string what, int most) => new(name)
    {
        Description = $"Advanced: {what}, at most {most}; past it nothing more is let through.",
        HelpName = "N",
        CustomParser = result => Parse<int>(
            result,
            text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
                && n >= 1 && n <= most ? n : null,
            string.Create(CultureInfo.InvariantCulture, $"1 to {most}")),
    };

    private static RunOptions Check(RunOptions options)
    {
        if (options.Command.IsEmpty)
        {
            throw new CommandFailure(ExitCode.Usage, "no command: it stands after --, as in 'sallyport run -- make test'");
        }

        return options.FailOn.HasFlag(FailOn.New) && options.Baseline is null
            ? throw new CommandFailure(ExitCode.Usage, "--fail-on new needs --baseline FILE, the report.json of an earlier run")
            : options;
    }

    private static string DefaultOutput(TimeProvider clock) => Path.Combine(
        ".sallyport", clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH-mm-ss'Z'", CultureInfo.InvariantCulture));

    private static T? Parse<T>(System.CommandLine.Parsing.ArgumentResult result, Func<string, T?> read, string accepted)
        where T : struct
    {
        var text = result.Tokens.Count > 0 ? result.Tokens[^1].Value : string.Empty;
        if (read(text) is { } value)
        {
            return value;
        }

        result.AddError($"'{Printable.Line(text)}' is not a value of {result.Argument.Name}; accepted: {accepted}");
        return null;
    }
}
