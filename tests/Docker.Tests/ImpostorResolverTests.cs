using Sallyport.Docker.Tests.Agent;
using Sallyport.Docker.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.Docker.Tests;

/// <summary>
/// HARDENING rule 2: <c>docker network create --subnet</c> with the net of the machine's resolver, and a container with
/// the resolver's address. From then on the machine's own questions go over that bridge, to the job's container, which
/// answers an allowed name with the attacker's address. Such an answer must lease nothing.
/// </summary>
public sealed class ImpostorResolverTests(ContainerLab lab)
{
    private const string ResolverSubnet = "198.51.100.48/28";

    // $1 is a shared folder, $2 the image, the rest a call that believes the impostor.
    private const string Script = $$"""
        set -e
        folder=$1; image=$2; shift 2
        docker network create --subnet {{ResolverSubnet}} impostor-network >/dev/null
        cleanup() {
            [ -z "$impostor" ] || docker rm --force "$impostor" >/dev/null
            docker network rm impostor-network >/dev/null
        }
        impostor=
        trap cleanup EXIT
        mkfifo "$folder/ready"
        impostor=$(docker run --detach --network impostor-network --ip {{LabAddresses.Resolver}} \
            --volume "$folder:/shared" "$image" \
            sh -c 'impostor-resolver {{LabAddresses.Attacker}} >/shared/ready')
        read -r line <"$folder/ready"
        "$@"
        """;

    [Fact]
    public async Task The_machine_believes_the_impostor_while_the_agent_is_off() => await ControlAsync(OnTheMachine);

    [Fact]
    public async Task A_container_believes_the_impostor_while_the_agent_is_off() => await ControlAsync(InAContainer);

    [Fact]
    public Task Block_refuses_the_machine_an_address_that_only_the_impostor_gave() => RefusesAsync(OnTheMachine);

    [Fact]
    public Task Block_refuses_a_container_an_address_that_only_the_impostor_gave() => RefusesAsync(InAContainer);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Audit_lets_it_pass_and_reports_who_called(bool inAContainer)
    {
        Destination to = Forged();

        JobRun job = await lab.JobAsync(LabMode.Audit, Attack(inAContainer ? InAContainer(to) : OnTheMachine(to)));

        job.Succeeded();
        job.Reached(to);
        Assert.Equal(inAContainer, Assert.Single(job.CallsTo(to)).Container is not null);
    }

    private async Task RefusesAsync(Func<Destination, IEnumerable<string>> call)
    {
        await ControlAsync(call);
        Destination to = Forged();

        JobRun job = await lab.JobAsync(LabMode.Block, Attack(call(to)));

        job.Failed();
        job.DidNotReach(to);
    }

    private Task ControlAsync(Func<Destination, IEnumerable<string>> call) =>
        lab.ControlAsync($"{nameof(ImpostorResolverTests)} {call.Method.Name}", async () =>
        {
            Destination to = Forged();
            JobRun control = await lab.JobAsync(LabMode.Off, Attack(call(to)));
            control.Succeeded();
            control.Reached(to);
            Assert.Equal(0, control.QuestionsFor(to.Host));
        });

    /// <summary>An allowed name at the attacker's address.</summary>
    private static Destination Forged() => Destination.Allowed() with { Address = LabAddresses.Attacker };

    private string[] Attack(IEnumerable<string> call) =>
        ["sh", "-c", Script, "sh", lab.NewFolder(), BaseImage.Name, .. call];

    private static IEnumerable<string> OnTheMachine(Destination to) => ["busybox", .. to.Command];

    private static IEnumerable<string> InAContainer(Destination to) =>
        ["docker", "run", "--rm", "--network", "impostor-network", BaseImage.Name, .. to.Command];
}
