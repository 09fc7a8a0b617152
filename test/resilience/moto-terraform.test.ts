import {rmSync} from 'node:fs'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {connect} from '../../src/collect/aws.ts'
import {collect} from '../../src/collect/collect.ts'
import {examine} from '../../src/diagnosis/examine.ts'
import {REGION} from '../support/healthy.ts'
import {asAwsWould, hasMoto, startMoto} from '../support/moto.ts'
import {credentials} from '../support/pretend.ts'
import {applied, hasTerraform, pluginFolder, workspace} from '../support/terraform.ts'

/** The network three times: whole, broken in two ways, and broken in one way behind NAT. */
const SITUATIONS = {
  whole: {},
  broken: {allows: '192.0.2.0/24', way_out: 'internet'},
  cut: {way_out: 'none'},
}

const ROOT = (endpoint: string) => `
variable "situations" { type = map(map(string)) }

provider "aws" {
  region                      = "${REGION}"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  endpoints {
    ec2 = "${endpoint}"
    iam = "${endpoint}"
    sts = "${endpoint}"
  }
}

module "network" {
  source   = "./network"
  for_each = var.situations
  name     = each.key
  allows   = lookup(each.value, "allows", "10.0.0.0/16")
  way_out  = lookup(each.value, "way_out", "nat")
}

output "networks" { value = module.network }
`

/** A network as teams write it in Terraform: one instance behind endpoints, another behind a NAT gateway. */
const NETWORK = `
variable "name" {}
variable "allows" {}
variable "way_out" {}

resource "aws_iam_role" "node" {
  name = var.name
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachment" "node" {
  role       = aws_iam_role.node.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

resource "aws_iam_instance_profile" "node" {
  name = var.name
  role = aws_iam_role.node.name
}

resource "aws_vpc" "one" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_support   = true
  enable_dns_hostnames = true
}

resource "aws_subnet" "closed" {
  vpc_id            = aws_vpc.one.id
  cidr_block        = "10.0.1.0/24"
  availability_zone = "${REGION}a"
}

resource "aws_security_group" "node" {
  name   = "node"
  vpc_id = aws_vpc.one.id
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "endpoints" {
  name   = "endpoints"
  vpc_id = aws_vpc.one.id
  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = [var.allows]
  }
}

resource "aws_vpc_endpoint" "of" {
  for_each            = toset(["ssm", "ssmmessages", "ec2messages"])
  vpc_id              = aws_vpc.one.id
  vpc_endpoint_type   = "Interface"
  service_name        = "com.amazonaws.${REGION}.\${each.key}"
  subnet_ids          = [aws_subnet.closed.id]
  security_group_ids  = [aws_security_group.endpoints.id]
  private_dns_enabled = true
}

resource "aws_instance" "closed" {
  ami                    = "ami-12c6146b"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.closed.id
  vpc_security_group_ids = [aws_security_group.node.id]
  iam_instance_profile   = aws_iam_instance_profile.node.name
}

resource "aws_vpc" "two" {
  cidr_block = "10.1.0.0/16"
}

resource "aws_internet_gateway" "two" {
  vpc_id = aws_vpc.two.id
}

resource "aws_subnet" "public" {
  vpc_id     = aws_vpc.two.id
  cidr_block = "10.1.9.0/24"
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.two.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.two.id
  }
}

resource "aws_route_table_association" "public" {
  subnet_id      = aws_subnet.public.id
  route_table_id = aws_route_table.public.id
}

resource "aws_eip" "two" {
  domain = "vpc"
}

resource "aws_nat_gateway" "two" {
  subnet_id     = aws_subnet.public.id
  allocation_id = aws_eip.two.id
}

resource "aws_subnet" "private" {
  vpc_id     = aws_vpc.two.id
  cidr_block = "10.1.1.0/24"
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.two.id
}

resource "aws_route" "out" {
  count                  = var.way_out == "none" ? 0 : 1
  route_table_id         = aws_route_table.private.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = var.way_out == "nat" ? aws_nat_gateway.two.id : null
  gateway_id             = var.way_out == "internet" ? aws_internet_gateway.two.id : null
}

resource "aws_route_table_association" "private" {
  subnet_id      = aws_subnet.private.id
  route_table_id = aws_route_table.private.id
}

resource "aws_security_group" "two" {
  name   = "node"
  vpc_id = aws_vpc.two.id
  egress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "private" {
  ami                    = "ami-12c6146b"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.private.id
  vpc_security_group_ids = [aws_security_group.two.id]
  iam_instance_profile   = aws_iam_instance_profile.node.name
}

output "closed" { value = aws_instance.closed.id }
output "private" { value = aws_instance.private.id }
output "endpoints" { value = aws_security_group.endpoints.id }
`

const plugins = hasTerraform() ? pluginFolder() : undefined
const isHere = plugins !== undefined && hasMoto()

it.runIf(!isHere)(
  'Terraform has no AWS provider here, or moto is not installed: networks built with the SDK are used instead',
  () => {
    process.stderr.write('Skipped: networks that Terraform builds; they take terraform, a provider for AWS and moto.\n')
  },
)

interface Made {
  readonly closed: string
  readonly private: string
  readonly endpoints: string
}

describe.skipIf(!isHere)('a network that Terraform built, read over HTTP', () => {
  let moto: Awaited<ReturnType<typeof startMoto>>
  let folder: string
  let made: Readonly<Record<keyof typeof SITUATIONS, Made>>

  beforeAll(async () => {
    moto = await startMoto()
    folder = workspace(plugins!, {'main.tf': ROOT(moto.direct), 'network/main.tf': NETWORK})
    made = applied(folder, {situations: SITUATIONS}).networks?.value as typeof made
  }, 300_000)
  afterAll(() => {
    moto?.stop()
    rmSync(folder, {recursive: true, force: true})
  })

  const seen = async (situation: keyof typeof SITUATIONS) => {
    const {closed, private: behindNat, endpoints} = made[situation]
    const aws = await connect({region: REGION}, {credentials, endpoint: moto.endpoint, maxAttempts: 1})
    const of = async (id: string) =>
      examine(
        asAwsWould(await collect(aws, [id]), () => endpoints),
        id,
      )
    return {closed: await of(closed), behindNat: await of(behindNat), endpoints}
  }
  const blocking = ({causes}: ReturnType<typeof examine>) =>
    causes.filter(({severity, check}) => severity === 'blocks' && check !== 'agent').map(({id}) => id)

  it('routes to the endpoints, and through the NAT gateway', async () => {
    const {closed, behindNat} = await seen('whole')
    expect([blocking(closed), blocking(behindNat)]).toEqual([[], []])
    expect(closed.paths.find(({service}) => service === 'ssm')?.via).toMatch(/^vpce-/)
    expect(behindNat.paths.find(({service}) => service === 'ssm')?.via).toMatch(/^nat-/)
    // Nothing in the code routes to S3 from the closed subnet.
    const stopped = [closed, behindNat].map(({paths}) =>
      paths.filter(({hops}) => hops.some(({verdict}) => verdict === 'blocked')).map(({service}) => service),
    )
    expect(stopped).toEqual([['s3'], []])
  })

  it('is found broken where it is, and nowhere else', async () => {
    const broken = await seen('broken')
    expect(broken.closed.causes).toContainEqual(
      expect.objectContaining({id: 'endpoint.sg-blocks', resource: broken.endpoints}),
    )
    expect(blocking(broken.behindNat)).toEqual(['igw.no-public-ip'])
    const cut = await seen('cut')
    expect(blocking(cut.closed)).toEqual([])
    expect(blocking(cut.behindNat)).toEqual(['route.none'])
  })
})
