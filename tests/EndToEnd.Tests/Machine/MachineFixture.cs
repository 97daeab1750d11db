using Sallyport.Lab;

namespace Sallyport.EndToEnd.Tests.Machine;

/// <summary>One machine for the tests of a class, which run one after the other.</summary>
public sealed class MachineFixture : IAsyncLifetime
{
    private RunnerMachine? _machine;

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
        if (LabNetwork.WhyNot is null)
        {
            _machine = await RunnerMachine.CreateAsync();
        }
    }

    public ValueTask DisposeAsync() => _machine?.DisposeAsync() ?? ValueTask.CompletedTask;
}
