using Sallyport.Docker.Tests.Agent;
using Sallyport.Docker.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.Docker.Tests;

/// <summary>
/// What must hold for every way in which a container of the job can call out. A derived class is one such way: the
/// command that makes one HTTP request from inside a container, and ends with the code of that request.
/// </summary>
public abstract class OutwardCall(ContainerLab lab)
{
    protected ContainerLab Lab { get; } = lab;

    /// <summary>
    /// True when the container has an id of 64 hexadecimal digits; BuildKit's have one of their own form.
    /// </summary>
    protected virtual bool HasDockerId => true;

    /// <summary>Id of what is found in such a container whatever it does; null for nothing.</summary>
    protected virtual string? Finding => null;

    /// <summary>Pattern of what the report calls the container's image; null where it has none.</summary>
    protected virtual string? Image => $"^{BaseImage.Name}$";

    /// <summary>Pattern of what the report calls the container.</summary>
    protected virtual string Name => "^.+$";

    protected virtual Destination Forbidden => Destination.Forbidden();

    protected virtual Destination ForbiddenAddress => Destination.ForbiddenAddress();

    protected virtual Destination Allowed => Destination.Allowed();

    protected abstract IEnumerable<string> CommandFor(Destination target);

    [Fact]
    public async Task It_reaches_the_server_while_the_agent_is_off() => await ControlAsync(Forbidden);

    [Fact]
    public async Task Audit_lets_it_pass_and_reports_its_name_process_and_container()
    {
        (JobRun job, Destination to) = await NamedAsync(LabMode.Audit, () => Forbidden, (run, target) =>
        {
            run.Succeeded();
            run.Reached(target);
        });

        ReportedConnection call = Assert.Single(
            job.Report.ConnectionsTo(to.Address, Destination.Port),
            row => row.Destination == to.Host && row.Process is not null);
        Assert.Equal("observed", call.Verdict);
        Assert.True(call.WouldRefuse);
        Assert.Contains(job.Report.QuestionsFor(to.Host), row => row.Verdict == "observed");
        AssertNames(job, call, to);
    }

    [Fact]
    public async Task Block_refuses_the_name_and_nothing_reaches_resolver_or_server()
    {
        await ControlAsync(Forbidden);
        Destination to = Forbidden;

        JobRun job = await Lab.JobAsync(LabMode.Block, CommandFor(to));

        job.Failed();
        job.DidNotReach(to);
        Assert.Contains(job.Report.QuestionsFor(to.Host), row => row.Verdict == "refused");
    }

    [Fact]
    public async Task Block_refuses_the_bare_address_and_nothing_reaches_the_server()
    {
        await ControlAsync(ForbiddenAddress);
        (JobRun job, Destination to) = await NamedAsync(LabMode.Block, () => ForbiddenAddress, (run, target) =>
        {
            run.Failed();
            run.DidNotReach(target);
        });

        AssertNames(
            job,
            Assert.Single(
                job.Report.ConnectionsTo(to.Address, Destination.Port), row => row.Verdict == "refused" && row.Process is not null),
            to);
    }

    [Fact]
    public async Task Block_lets_an_allowed_name_pass_and_refuses_nothing()
    {
        Destination to = Allowed;

        JobRun job = await Lab.JobAsync(LabMode.Block, CommandFor(to));

        job.Succeeded();
        job.Reached(to);
        job.RefusedNothing();
        job.FoundNothing(Finding);
    }

    /// <summary>A call of its own each time, until the container that made it has a name; what is claimed of it holds each time.</summary>
    private Task<(JobRun Job, Destination To)> NamedAsync(LabMode mode, Func<Destination> target, Action<JobRun, Destination> claim) =>
        ContainerLab.UntilAsync(call => IsNamed(call.Job), async () =>
        {
            Destination to = target();
            JobRun job = await Lab.JobAsync(mode, CommandFor(to));
            claim(job, to);
            return (Job: job, To: to);
        });

    /// <summary>The runtime answered while the container that called was there.</summary>
    private bool IsNamed(JobRun job) => Image is null || job.Report.Connections.All(
        call => call.Container is null || job.Report.Containers.Any(row => row.Id == call.Container && row.Image is not null));

    /// <summary>The row is of the process that called, and of the container that it is in, by name and image.</summary>
    private void AssertNames(JobRun job, ReportedConnection call, Destination to)
    {
        ReportedProcess process = job.Report.ProcessOf(call);
        Assert.Contains(to.Url, process.Argv);
        Assert.Equal(call.Container, process.Container);
        ReportedContainer container = Assert.Single(job.Report.Containers, row => row.Id == call.Container);
        Assert.Matches(HasDockerId ? "^[0-9a-f]{64}$" : "^[0-9a-z]+$", container.Id);
        Assert.Matches(Image ?? "^$", container.Image ?? "");
        Assert.Matches(Name, container.Name ?? "");
    }

    /// <summary>A refused name does not exist, within a second, for a client in such a container.</summary>
    private protected async Task TellsAtOnceAsync()
    {
        await Lab.ControlAsync($"{GetType().Name} question", async () =>
        {
            // It does exist.
            JobRun control = await Lab.JobAsync(LabMode.Off, CommandFor(Forbidden with { IsQuestion = true }));
            control.Failed();
        });
        (JobRun job, Destination to) = await ContainerLab.UntilAsync(
            call => call.Job.ExitCode == 0,
            async () =>
            {
                Destination question = Forbidden with { IsQuestion = true };
                JobRun run = await Lab.JobAsync(LabMode.Block, CommandFor(question));
                run.DidNotReach(question);
                return (Job: run, To: question);
            },
            attempts: 5);

        job.Succeeded();
        Assert.Contains(job.Report.QuestionsFor(to.Host), row => row.Verdict == "refused");
    }

    /// <summary>A name and a bare address are two attacks.</summary>
    private Task ControlAsync(Destination to) =>
        Lab.ControlAsync($"{GetType().Name} {to.Host == to.Address}", async () =>
        {
            JobRun control = await Lab.JobAsync(LabMode.Off, CommandFor(to));
            control.Succeeded();
            control.Reached(to);
        });
}
